"""The sentence matches the number: at, above and below each threshold, and with data missing."""

import dataclasses

import pytest
from assess_clients import CASE_TABLE, CASES, EVENT_LOG, LOG, answer, use_case
from exhibit_checks import plain

from workbook.exhibits.assess import cover, limits, recommendations, summary
from workbook.exhibits.assess.common import writer_of
from workbook.exhibits.assess.glance import (
    finding_compliance,
    finding_cost,
    finding_data,
    finding_organisation,
    finding_shortlist,
    verdict_of,
)
from workbook.phases.assess.organisation import assess_organisation
from workbook.phases.figures import Register


def said(finding, result):
    sentence, tone = finding(result, writer_of(result))
    return plain(sentence), tone


# --- cost ------------------------------------------------------------------------------------------------------------


def test_the_cost_is_told_as_the_few_processes_that_carry_most_of_it(result):
    assert said(finding_cost, result) == ("2 of 3 processes carry 80% of the known yearly cost of €100k.", None)


def test_a_single_process_that_carries_most_is_told_in_the_singular(tiny):
    tiny.process("post")["volume"] = {"value": 10_000, "evidence": "measured"}
    sentence, _ = said(finding_cost, tiny.result())
    assert sentence == "One of 3 processes carries 91% of the known yearly cost of €550k."


def test_a_cost_that_is_partly_unknown_is_said_to_be(tiny):
    del tiny.process("orders")["volume"]
    sentence, tone = said(finding_cost, tiny.result())
    assert tone == "warn"
    assert sentence == (
        "The yearly cost of 1 of 3 processes is not known; "
        "the 2 dearest of the others carry 100% of the €80k that is known."
    )


def test_without_any_cost_none_is_stated(empty):
    sentence, tone = said(finding_cost, empty)
    assert sentence.startswith("No yearly cost can be stated") and tone == "warn"


def test_costs_of_zero_are_no_missing_costs(tiny):
    for process in tiny.assess["processes"]:
        process["volume"] = {"value": 0, "evidence": "measured"}
    assert said(finding_cost, tiny.result())[0].startswith("No yearly cost can be stated: no process has both")


# --- data ------------------------------------------------------------------------------------------------------------


def test_data_that_meet_every_threshold_are_good(result):
    assert said(finding_data, result) == (
        "Data readiness is measured for 3 of 3 candidates and is 100% for each of them.",
        "good",
    )


def test_the_worst_candidate_is_named_with_what_holds_it_back(tiny):
    tiny.use_case("claim-letters")["data"] = [{"source": "records", "fields": ["amount"]}]
    sentence, tone = said(finding_data, tiny.result())
    assert tone == "warn"
    assert sentence == (
        "Data readiness is measured for 3 of 3 candidates and runs from 75% to 100%; "
        "Claim letters is held back most, by validity of Records."
    )


def test_a_single_measured_candidate_is_told_in_the_singular(tiny):
    for id in ("claim-letters", "order-entry"):
        tiny.use_case(id)["data"] = []
    tiny.use_case("post-sorting")["data"] = [{"source": "records", "fields": ["amount"]}]
    sentence, tone = said(finding_data, tiny.result())
    assert tone == "warn"
    assert sentence == (
        "Data readiness is measured for one of 3 candidates: "
        "Post sorting reaches 75%, held back by validity of Records."
    )


def test_unmeasured_data_are_never_good(tiny, empty):
    tiny.use_case("claim-letters")["data"] = []
    assert said(finding_data, tiny.result())[1] == "warn"
    assert said(finding_data, empty)[1] == "bad"


# --- organisation ----------------------------------------------------------------------------------------------------


def organised(result, *answers, questions=None):
    from workbook.engagement.schema import ReadinessAnswer

    given = tuple(ReadinessAnswer.model_validate(each) for each in answers)
    rows = assess_organisation(questions or {"skills": ("a",), "data": ("b",)}, given, "assess.yaml:1", Register())
    return dataclasses.replace(result, organisation=rows)


@pytest.mark.parametrize("level, tone", [(2, "bad"), (3, "bad"), (4, "good")])
def test_a_dimension_at_or_below_the_barrier_is_bad(result, level, tone):
    sentence, found = said(finding_organisation, organised(result, answer("a", level), answer("b", 5)))
    assert sentence == f"Skills is the weakest side of the organisation (level {level}.0 of 5)."
    assert found == tone


def test_a_gap_is_named_from_one_level_on_and_says_who_sees_it_better(result):
    def gap(owner, frontline):
        given = [answer("a", level) for level in owner] + [answer("a", level, "frontline") for level in frontline]
        return said(finding_organisation, organised(result, *given, answer("b", 5)))[0]

    assert gap([3], [2]).endswith("(level 2.5 of 5); owners put it 1.0 higher than the frontline.")
    assert gap([2], [4]).endswith("(level 3.0 of 5); the frontline puts it 2.0 higher than the owners.")
    assert gap([3, 3, 2], [2]).endswith("(level 2.5 of 5).")


def test_dimensions_that_are_equally_weak_are_all_named(result):
    sentence, _ = said(finding_organisation, organised(result, answer("a", 2), answer("b", 2)))
    assert sentence == "Skills and Data are the weakest sides of the organisation (level 2.0 of 5)."


def test_open_questions_are_said_and_keep_a_high_level_from_being_good(result):
    sentence, tone = said(finding_organisation, organised(result, answer("a", 5)))
    assert (
        sentence == "Skills is the weakest side of the organisation (level 5.0 of 5); one of 2 questions has no answer."
    )
    assert tone == "warn"


def test_nothing_asked_is_no_level(empty):
    assert said(finding_organisation, empty) == ("Organisational readiness has not been asked about.", "warn")


# --- compliance ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept, sentence",
    [
        (51, "All 51 compliance facts have an answer; the tiers are for the Compliance Dossier to give."),
        (50, "One of 51 compliance facts is still unknown; no use case is classified yet."),
        (0, "51 of 51 compliance facts are still unknown; no use case is classified yet."),
    ],
)
def test_open_compliance_facts_are_counted(tiny, kept, sentence):
    tiny.compliance["screening"] = tiny.compliance["screening"][:kept]
    found, tone = said(finding_compliance, tiny.result())
    assert found == sentence and tone == (None if kept == 51 else "warn")


def test_nothing_to_screen_is_not_all_answered(empty):
    assert said(finding_compliance, empty)[0].startswith("No compliance fact has been asked about")


# --- ranking ---------------------------------------------------------------------------------------------------------


def test_the_leader_is_named_with_the_share_of_draws_of_weights_and_scores(result):
    sentence, tone = said(finding_shortlist, result)
    assert tone == "good"
    assert sentence == (
        "We put forward Post sorting, Claim letters and Order entry. "
        "Post sorting leads the ranking and comes first in 100% of 10,000 draws of plausible weights and scores."
    )


def test_two_that_tie_lead_together(tiny):
    tiny.assess["use_cases"][1] = use_case("claim-letters", "post", 80)
    sentence, _ = said(finding_shortlist, tiny.result())
    assert " Claim letters and Post sorting lead the ranking together and come first in " in sentence


def test_the_only_ranked_candidate_does_not_lead(tiny):
    for id in ("claim-letters", "order-entry"):
        del tiny.use_case(id)["scores"]["sponsorship"]
    sentence, tone = said(finding_shortlist, tiny.result())
    assert sentence.endswith("shortlist. Post sorting is the only candidate that can be ranked.") and tone == "bad"


def test_a_candidate_alone_is_ranked_without_draws(tiny):
    tiny.assess["use_cases"] = tiny.assess["use_cases"][:1]
    tiny.compliance["screening"] = tiny.compliance["screening"][:17]
    assert said(finding_shortlist, tiny.result())[0].endswith(" Post sorting is the only candidate that can be ranked.")


def test_where_nobody_is_ranked_nobody_is_said_to_lead(tiny, empty):
    for case in tiny.assess["use_cases"]:
        case["sponsored"] = "no"
    few = "We put nothing forward yet: fewer candidates can be ranked than the 3 of a shortlist"
    assert said(finding_shortlist, tiny.result()) == (f"{few}.", "bad")
    assert said(finding_shortlist, empty)[0].startswith(few)


def test_the_summary_holds_at_most_five_findings_what_is_put_forward_first(result, empty):
    for each in (result, empty):
        found = [item["text"] for item in summary(each).data["items"]]
        assert len(found) == 5 and found[0].startswith("We put ")


def test_an_open_reason_makes_it_provisional_and_is_given(tiny):
    del tiny.assess["weighting"]
    sentence, tone = said(finding_shortlist, tiny.result())
    assert "; this is provisional, because the weights are the house's, not the client's." in sentence
    assert tone == "warn"


@pytest.mark.parametrize("size", [3, 5])
def test_a_shortlist_that_is_not_full_is_not_put_forward(tiny, size):
    tiny.assess["shortlist_size"] = size
    if size == 3:
        tiny.use_case("order-entry")["sponsored"] = "no"
    sentence, tone = said(finding_shortlist, tiny.result())
    assert sentence.startswith(f"We put nothing forward yet: fewer candidates can be ranked than the {size} of a short")
    assert tone == "bad"


def test_each_open_reason_has_words(tiny):
    # Everything at once that can be open, and a scale of reasons as long as the rule's.
    del tiny.assess["weighting"]
    tiny.assess["use_cases"] += [use_case("fourth", "post", 90), use_case("fifth", "post", 95, sponsored="unknown")]
    del tiny.use_case("fourth")["scores"]["sponsorship"]
    result = tiny.result()
    assert {"unranked", "open_vetoes", "prohibited_open", "default_weights"} <= set(result.open_reasons)
    for reason in (*result.open_reasons, "too_few", "not_measured", "inconsistent_weights"):
        assert writer_of(result).finding(f"assess.reason_{reason}", k=3)


def test_the_verdict_on_a_candidate_is_the_weakest_that_holds(tiny):
    tiny.assess["use_cases"] += [use_case("fourth", "orders", 10), use_case("barred", "post", 99, sponsored="no")]
    tiny.assess["use_cases"].append(use_case("unknown", "orders", 0))
    del tiny.use_case("unknown")["scores"]["sponsorship"]
    known = tiny.result()
    del tiny.assess["weighting"]
    provisional = tiny.result()
    verdicts = [
        {row.candidate.id: verdict_of(each, row)[0] for row in each.ranking.candidates} for each in (known, provisional)
    ]
    assert verdicts[0] == {
        "post-sorting": "recommended",
        "claim-letters": "recommended",
        "order-entry": "recommended",
        "fourth": "ranked",
        "unknown": "unranked",
        "barred": "vetoed",
    }
    assert verdicts[1]["post-sorting"] == "provisional" and verdicts[1]["fourth"] == "ranked"


# --- cover, summary, recommendations, limits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gate, status, draft",
    [
        ("approved", "final", None),
        ("approved", "draft", "the document status is draft"),
        ("pending", "final", "the gate of this phase is not yet decided"),
        (None, "final", "the gate of this phase has not been held"),
    ],
)
def test_the_cover_is_stamped_until_gate_and_document_are_final(tiny, gate, status, draft):
    tiny.client["gates"] = {"assess": {"decision": gate}} if gate else {}
    tiny.client["document"]["status"] = status
    assert cover(tiny.result()).data["draft"] == draft


def test_the_summary_gives_way_to_the_consultants_own(tiny):
    (tiny.folder / "commentary").mkdir()
    text = "replaces: summary\n\n## summary\n\nThe score is {figure:use_case.post-sorting.value}.\n"
    (tiny.folder / "commentary" / "assess.md").write_text(text)
    made = summary(tiny.result())
    assert (made.kind, made.data["style"], made.data["paragraphs"]) == ("prose", "view", ["The score is 73."])


def advice(result):
    return [item["text"] for item in recommendations(result).data["items"]]


def test_what_is_put_forward_is_recommended_for_the_next_phase(result):
    assert advice(result)[0].startswith("Take Post sorting, Claim letters and Order entry into the next phase.")
    assert "The data of the shortlist meet every threshold measured; no clean-up is needed before the pilot." in advice(
        result
    )


def test_what_is_provisional_is_discussed_and_not_approved(tiny):
    del tiny.assess["weighting"]
    assert advice(tiny.result())[0].startswith(
        "Discuss Post sorting, Claim letters and Order entry, but approve nothing"
    )


def test_weights_are_neither_stable_nor_untested_without_two_ranked_candidates(empty):
    assert advice(empty)[:2] == [
        "Close the gaps before the gate: fewer candidates can be ranked than the 3 of a shortlist; "
        "the weights are the house's, not the client's.",
        "Rank at least two candidates; until then nobody can say which weights matter.",
    ]


def test_data_that_fall_short_are_named_worst_first(tiny):
    tiny.use_case("post-sorting")["data"] = [{"source": "records", "fields": ["amount"]}]
    found = advice(tiny.result())
    prepare = "Prepare the minimum viable data of the shortlist only"
    assert f"{prepare}: 2 needs are not met, first validity of amount in Records." in found
    assert not any("no clean-up is needed" in sentence for sentence in found)


def test_a_table_that_falls_short_as_a_whole_needs_preparing_too(tiny):
    tiny.files["data/records.csv"] += "N10,\n"
    assert (
        "Prepare the minimum viable data of the shortlist only: one need is not met, uniqueness of Records."
        in advice(tiny.result())
    )


def test_data_that_arrived_without_rules_are_not_asked_for_again(tiny):
    tiny.records.update(fields=[], key=[])
    for case in tiny.assess["use_cases"]:
        case["data"] = [{"source": "records"}]
    found = advice(tiny.result())
    assert any(sentence.startswith("Say what the columns of Records mean and must satisfy") for sentence in found)
    assert not any(sentence.startswith("Provide the data") for sentence in found)


@pytest.mark.parametrize(
    "sponsor, fact",
    [
        (None, "no sponsor is named"),
        ({"person": "ben", "function": "it", "owns_outcome": "yes"}, "the sponsor's authority lies in IT"),
        (
            {"person": "ann", "function": "business", "owns_outcome": "unknown"},
            "it is not established that the sponsor owns the outcome",
        ),
        ({"person": "ann", "function": "shared", "owns_outcome": "yes"}, None),
    ],
)
def test_a_sponsor_who_does_not_answer_for_the_outcome_is_a_finding(tiny, sponsor, fact):
    tiny.client["sponsor"] = sponsor
    if sponsor is None:
        del tiny.client["sponsor"]
    found = [sentence for sentence in advice(tiny.result()) if sentence.startswith("Find a sponsor")]
    assert found == ([f"Find a sponsor from the business: {fact}."] if fact else [])


@pytest.mark.parametrize(
    "owner, sentence",
    [
        ("ann", "Settle the one open compliance fact of the shortlist."),
        (None, "Settle the one open compliance fact of the shortlist. One has no owner yet."),
    ],
)
def test_open_compliance_facts_of_the_shortlist_come_with_their_owners(tiny, owner, sentence):
    tiny.compliance["screening"][3] |= {"answer": "unknown"} | ({"owner": owner} if owner else {})
    assert sentence in advice(tiny.result())


def test_limits_count_what_is_assumed_and_what_was_not_measured(tiny):
    tiny.process("post")["volume"] = 1000
    tiny.add_log(EVENT_LOG, LOG)
    found = [item["text"] for item in limits(tiny.result()).data["items"]]
    assert any(text.startswith("One of ") and "is assumed or carries no evidence" in text for text in found)
    assert any(text.startswith("2 of 3 processes were not measured here") for text in found)


def test_limits_name_each_log_with_open_cases_in_one_sentence(tiny, result):
    def about(result):
        found = [item["text"] for item in limits(result).data["items"]]
        return [text for text in found if text.startswith("Cases still open")]

    assert about(result) == []
    tiny.add_log(CASE_TABLE, CASES)
    assert about(tiny.result()) == ["Cases still open at the end of a log count as unfinished: Post, 1 of 6."]
