import pytest

BUILD = ("no_product_fits", "advantage_depends_on_it", "team_to_maintain")
BUY = ("established_use", "several_proven_vendors", "speed_over_depth")


def answered(build, buy):
    """Return conditions, one letter each: y, n or ?."""
    words = {"y": "yes", "n": "no", "?": "unknown"}
    return {id: words[letter] for id, letter in zip(BUILD + BUY, build + buy, strict=True)}


@pytest.mark.parametrize(
    ("build", "buy", "direction"),
    [
        ("yyn", "nnn", "build"),
        ("ynn", "yyn", "buy"),
        ("yyy", "yyn", "buy_and_extend"),
        ("ynn", "ynn", "open"),
        ("???", "yy?", "buy"),
    ],
)
def test_a_side_holds_with_more_than_half_of_its_conditions(client, build, buy, direction):
    client.post["sourcing"]["conditions"] = answered(build, buy)
    assert client.result().sourcing["post-sorting"].direction == direction


def test_an_unknown_answer_leaves_a_direction_open_only_where_it_could_change_it(client):
    client.post["sourcing"]["conditions"] = answered("nn?", "yy?")
    assert client.result().sourcing["post-sorting"].is_settled
    client.post["sourcing"]["conditions"] = answered("yn?", "yy?")
    review = client.result().sourcing["post-sorting"]
    assert not review.is_settled and set(review.possible) == {"buy", "buy_and_extend"}


@pytest.mark.parametrize(("choice", "follows"), [("buy", True), ("build", False)])
def test_the_choice_is_held_against_the_direction(client, choice, follows):
    client.post["sourcing"]["choice"] = choice
    assert client.result().sourcing["post-sorting"].follows == follows


def test_without_answers_nothing_is_said(prioritized):
    review = prioritized.sourcing["claim-letters"]
    assert (review.direction, review.follows, review.is_settled) == ("open", None, False)


def test_building_without_a_team_is_marked(prioritized):
    assert prioritized.sourcing["post-sorting"].lacks_team
    assert not prioritized.sourcing["claim-letters"].lacks_team


def test_the_share_bought_stands_beside_that_of_the_guide(prioritized):
    bought = prioritized.sourcing.bought
    assert (bought.value, bought.n, prioritized.sourcing.guide.value) == (1, 1, 0.7)
