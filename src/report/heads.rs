//! Heads of the columns that the tables of HTML and Markdown share, as ids of messages. It exists so that the same column is called
//! the same in both.

/// Of the OOM kills.
pub(super) const KILLS: [&str; 10] = [
    "col-kill",
    "col-time",
    "col-killer",
    "col-victim",
    "col-rss",
    "col-cgroup",
    "col-limit",
    "col-invoker",
    "col-largest",
    "col-incident",
];

/// Of the deaths.
pub(super) const DEATHS: [&str; 8] = [
    "col-death",
    "col-time",
    "col-process",
    "col-ended-by",
    "col-why",
    "col-unit",
    "col-incident",
    "col-place",
];

/// Of the times without traffic.
pub(super) const GAPS: [&str; 3] = ["col-when", "col-expected", "col-others-say"];

/// Of what was looked for.
pub(super) const NEGATIVES: [&str; 3] = ["col-claim", "col-holds", "col-why"];
