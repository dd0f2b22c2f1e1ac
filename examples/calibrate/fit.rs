//! A fit of the weights: multinomial logistic regression with a ridge around the priors. The nats of each cause are linear in the
//! weights near the priors, so that each case is read once: its nats, and what each weight adds to them.

use std::collections::{BTreeMap, BTreeSet};

use coroner::Judgement;
use coroner::weights::Weights;

use crate::cases::Case;
use crate::tables::Outcome;
use crate::{judged, outcomes};

/// Nats by which a weight is moved to see what it adds.
const NUDGE: f64 = 0.01;
/// One standard deviation of a prior: what its reason leaves open.
const PRIOR_SIGMA: f64 = 1.0;
/// Cases that must speak of a weight before its fit means anything.
const CASES_MIN: usize = 5;
const ROUNDS: usize = 400;

/// A cause of an incident: its nats under the priors, and what one nat more of each weight adds.
#[derive(Debug, Clone)]
struct Row {
    nats: f64,
    slopes: Vec<(usize, f64)>,
    right: bool,
}

/// What a case tells of the weights.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    /// Its incidents under the priors.
    pub(crate) outcomes: Vec<Outcome>,
    /// Rows of each incident; "unknown" stands for itself, and is right where there was no such incident.
    incidents: Vec<(Vec<Row>, bool)>,
}

impl Features {
    /// Weights that move anything in the case.
    fn touched(&self) -> BTreeSet<usize> {
        let rows = self.incidents.iter().flat_map(|(rows, _)| rows);
        rows.flat_map(|row| row.slopes.iter().map(|(weight, _)| *weight)).collect()
    }
}

pub(crate) fn features(case: &Case, priors: &Weights) -> Result<Features, String> {
    let mut many = vec![priors.clone()];
    for name in Weights::NAMES {
        let mut nudged = priors.clone();
        if let Some(nats) = nudged.by_name(name) {
            *nats += NUDGE;
        }
        many.push(nudged);
    }
    let judged = judged(case, &many)?;
    let incidents =
        (0..judged[0].len()).filter_map(|place| incident(case, &judged, place)).collect();
    Ok(Features { outcomes: outcomes(case, &judged[0])?, incidents })
}

/// None where nothing can be learnt: the truth is not among the causes, or the incident does not count.
fn incident(case: &Case, judged: &[Vec<Judgement>], place: usize) -> Option<(Vec<Row>, bool)> {
    let plain = &judged[0][place];
    Outcome::of(case, plain)?;
    let about: Vec<_> =
        case.incidents.iter().filter(|incident| incident.touches(plain.span)).collect();
    let nats = |set: &[Vec<Judgement>], weight: usize| -> BTreeMap<&'static str, f64> {
        set[weight][place].causes.iter().map(|cause| (cause.0, cause.1)).collect()
    };
    let nudged: Vec<BTreeMap<&'static str, f64>> =
        (1..judged.len()).map(|weight| nats(judged, weight)).collect();
    let rows: Vec<Row> = plain
        .causes
        .iter()
        .map(|(name, nats, _)| {
            let slope = |(weight, moved): (usize, &BTreeMap<&'static str, f64>)| {
                let slope = (moved.get(name)? - nats) / NUDGE;
                (slope.abs() > 1e-6).then_some((weight, slope))
            };
            Row {
                nats: *nats,
                slopes: nudged.iter().enumerate().filter_map(slope).collect(),
                right: about.iter().any(|incident| incident.accepts(name)),
            }
        })
        .collect();
    let unknown = about.is_empty();
    (unknown || rows.iter().any(|row| row.right)).then_some((rows, unknown))
}

/// Fitted changes of all weights against the priors, and how sure each is.
#[derive(Debug)]
pub(crate) struct Fit {
    moved: Vec<f64>,
    sigma: Vec<f64>,
}

impl Fit {
    pub(crate) fn weights(&self, priors: &Weights) -> Weights {
        let mut weights = priors.clone();
        for (name, moved) in Weights::NAMES.iter().zip(&self.moved) {
            if let Some(nats) = weights.by_name(name) {
                *nats = same_sign(*nats, *nats + moved);
            }
        }
        weights
    }
}

/// Evidence for a cause never becomes evidence against it by a few cases.
fn same_sign(prior: f64, fitted: f64) -> f64 {
    if prior >= 0.0 { fitted.max(0.0) } else { fitted.min(0.0) }
}

pub(crate) fn fit<'a>(cases: impl Iterator<Item = &'a Features>) -> Fit {
    let incidents: Vec<&(Vec<Row>, bool)> = cases.flat_map(|case| &case.incidents).collect();
    let weights = Weights::NAMES.len();
    let mut moved = vec![0.0; weights];
    let mut curvature = vec![0.0; weights];
    for _ in 0..ROUNDS {
        let precision = 1.0 / (PRIOR_SIGMA * PRIOR_SIGMA);
        let mut gradient: Vec<f64> = moved.iter().map(|moved| moved * precision).collect();
        curvature = vec![precision; weights];
        for (rows, unknown) in &incidents {
            let scores: Vec<f64> = rows
                .iter()
                .map(|row| {
                    row.nats + row.slopes.iter().map(|(at, slope)| moved[*at] * slope).sum::<f64>()
                })
                .collect();
            let exp: Vec<f64> = scores.iter().map(|score| score.exp()).collect();
            let all: f64 = 1.0 + exp.iter().sum::<f64>();
            let unknown_right = if *unknown { 1.0 } else { 0.0 };
            let right: f64 = unknown_right
                + rows
                    .iter()
                    .zip(&exp)
                    .filter(|(row, _)| row.right)
                    .map(|(_, exp)| exp)
                    .sum::<f64>();
            let mut means: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
            for (row, exp) in rows.iter().zip(&exp) {
                let (p, q) = (exp / all, if row.right { exp / right } else { 0.0 });
                for (at, slope) in &row.slopes {
                    gradient[*at] += (p - q) * slope;
                    let mean = means.entry(*at).or_default();
                    mean.0 += p * slope;
                    mean.1 += p * slope * slope;
                }
            }
            for (at, (mean, square)) in means {
                curvature[at] += (square - mean * mean).max(0.0);
            }
        }
        for ((moved, gradient), curvature) in moved.iter_mut().zip(&gradient).zip(&curvature) {
            *moved -= 0.3 * gradient / curvature;
        }
    }
    Fit { moved, sigma: curvature.iter().map(|curvature| 1.0 / curvature.sqrt()).collect() }
}

pub(crate) fn print(fit: &Fit, features: &[Features], priors: &Weights) {
    let mut touched = vec![0_usize; Weights::NAMES.len()];
    for case in features {
        for weight in case.touched() {
            touched[weight] += 1;
        }
    }
    println!("## Weights\n");
    println!(
        "Fitted by maximum likelihood with a normal prior of {PRIOR_SIGMA:.0} nat around each built-in weight. `cases` is how many \
         cases the weight moves anything in. A weight is kept where fewer than {CASES_MIN} cases speak of it, or where the interval \
         of the fit holds it; its reason stands in `src/weights.toml`.\n"
    );
    println!("| weight | built in | fitted | 95 % interval | cases | |\n|---|---|---|---|---|---|");
    let (fitted, mut built_in) = (fit.weights(priors), priors.clone());
    let mut fitted = fitted;
    for (place, name) in Weights::NAMES.iter().enumerate() {
        let (Some(prior), Some(now)) =
            (built_in.by_name(name).map(|nats| *nats), fitted.by_name(name).map(|nats| *nats))
        else {
            continue;
        };
        let half = 1.96 * fit.sigma[place];
        let word = match touched[place] {
            cases if cases < CASES_MIN => "kept, too few cases",
            _ if (prior - now).abs() <= half => "kept, inside",
            _ => "outside: look at its reason",
        };
        println!(
            "| {name} | {prior:.1} | {now:.2} | {:.1} to {:.1} | {} | {word} |",
            now - half,
            now + half,
            touched[place]
        );
    }
    println!();
}
