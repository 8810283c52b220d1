"""Numerical methods that know neither client nor guide.

Scoring: `weights`, `scoring`, `acceptability`. Baselines: `eventlog` and `casetable` read rows (`logrules`,
`eventrows`, `records`) into cases that `casemeasures` turns into a `baseline`, with `percentiles`, `survival` and
`averages`. Quality: `quality` by `quality_rules`, in `quality_sql`, as `quality_results`, with `proportions`. Reading:
`tables` with `csv_files`, `excel_files`, `parquet_files`, `databases`, `database_rows`; `legible` tells what to declare
where values cannot be read. Finance: `cashflows`, `distributions`, `simulation`, `sensitivity`, with `roots`.
Comparing two arms: `proportion_differences`, `duration_differences`, `rank_effects` with `clustering`, `families` and
`allocation`; before them `sample_sizes` and `looks`. Roll-outs and series: `panels` (with `panel_estimates`,
`panel_resampling`), `interrupted`. The rule of a pilot: `verdict`, and by `pilot_plan` its chances beforehand:
`chance_of_go` (with `clause_chances`, `look_paths`), checked by `pilot_simulation`. All estimates are
`estimates.Estimate`.

The room is larger than most because logs and tables are measured where they lie: each measure is a query of its own,
and each way in which a client's file can be broken has an error that says what to do.
"""
