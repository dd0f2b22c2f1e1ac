//! How often each verdict word was right, over labelled cases, and what the cases would make of the weights.
//!
//! ```text
//! cargo run --release --example calibrate -- [--fit] [FOLDER…]
//! ```
//!
//! Each FOLDER holds a folder a case: `bundle.tar.gz`, and `case.toml` (as in `corpus/`) or `truth.json` (as the recorder writes it);
//! `corpus/` is always among them, and an incident that two folders hold counts once. Prints Markdown; the last result is kept in
//! `corpus/CALIBRATION.md`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is there to print")]

mod cases;
mod fit;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use coroner::weights::Weights;
use coroner::{Judgement, Options, judge_under};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use cases::Case;
use tables::Outcome;

fn main() -> ExitCode {
    let (options, folders): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folders: Vec<PathBuf> =
        std::iter::once(corpus).chain(folders.into_iter().map(PathBuf::from)).collect();
    match run(&folders, options.iter().any(|option| option == "--fit")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("calibrate: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(folders: &[PathBuf], fitting: bool) -> Result<(), String> {
    let cases = cases::read(folders)?;
    let priors = Weights::built_in()?;
    println!("# Calibration\n");
    println!(
        "Written by `cargo run --release --example calibrate -- --fit FOLDER…`; do not edit.\n"
    );
    for (folder, number) in cases::counted(&cases) {
        println!("- {folder}: {number} cases");
    }
    println!(
        "\nCases that stand in several folders count once, in the first. The program was written with these cases at hand: the shares \
         say that it is consistent, not that it is as good on bundles that nobody has seen. Leaving a case out holds for the weights \
         only.\n"
    );
    if !fitting {
        let outcomes: Vec<Outcome> = cases
            .par_iter()
            .map(|case| outcomes(case, &judged(case, std::slice::from_ref(&priors))?[0]))
            .collect::<Result<Vec<_>, String>>()?
            .concat();
        tables::print("As built in", &outcomes);
        return Ok(());
    }
    let features: Vec<fit::Features> =
        cases.par_iter().map(|case| fit::features(case, &priors)).collect::<Result<_, _>>()?;
    let plain: Vec<Outcome> = features.iter().flat_map(|one| one.outcomes.clone()).collect();
    tables::print("As built in", &plain);
    let left_out: Vec<Outcome> = (0..cases.len())
        .collect::<Vec<_>>()
        .par_iter()
        .map(|&out| {
            let others = features.iter().enumerate().filter(|(place, _)| *place != out);
            let fitted = fit::fit(others.map(|(_, one)| one));
            outcomes(&cases[out], &judged(&cases[out], &[fitted.weights(&priors)])?[0])
        })
        .collect::<Result<Vec<_>, String>>()?
        .concat();
    tables::print("Each case by weights fitted without it", &left_out);
    fit::print(&fit::fit(features.iter()), &features, &priors);
    Ok(())
}

/// The judgements of a case under each of some weights.
fn judged(case: &Case, weights: &[Weights]) -> Result<Vec<Vec<Judgement>>, String> {
    let options =
        Options { bundles: vec![case.bundle.clone()], serial: true, ..Options::default() };
    judge_under(&options, weights).map_err(|fault| format!("{}: {fault}", case.name))
}

/// What became of each incident that was found, and of each that was not.
fn outcomes(case: &Case, judgements: &[Judgement]) -> Result<Vec<Outcome>, String> {
    Ok(judgements.iter().filter_map(|judgement| Outcome::of(case, judgement)).collect())
}
