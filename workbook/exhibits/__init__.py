"""How a result is shown: charts, tables, findings in sentences, in the house look and the client's formats.

`exhibit` is what a notebook displays and `screen` its view in JupyterLab; `tables` and `charts_*` make it on the frames
of `layout`, drawn on a `page` in the look of `theme` and saved by `svg`; `formats` writes numbers and `writer` says
them in the words of the framework. One folder a notebook maps its result to these: `assess`.

A chart of kind x is a data class with `table_x`, the numbers behind it, `draw_x`, which puts it on a page, and
`chart_x`, the exhibit of both. One that moves live has `update_chart_x`, which moves what `draw_x` returned; the
exhibit is its first frame. A page is measured in points, texts included, so nothing is drawn twice to find its place.
"""
