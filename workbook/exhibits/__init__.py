"""How a result is shown: charts, tables, findings in sentences, in the house look and the client's formats.

`exhibit` is what a notebook displays, `tables` and `charts_*` make it, `theme`, `layout`, `marks`, `placing`, `drawing`
and `svg` draw it, `formats` writes numbers and `writer` says them in the words of the framework. One folder a notebook
maps its result to these: `assess`.

The room is large because a chart here measures its own texts: names of any length never overlap, letters become
outlines that look the same everywhere, and the same chart can move live.
"""
