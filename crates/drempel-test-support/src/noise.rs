//! What closes the noise of decisions, on the command line.

use std::path::Path;
use std::process::Command;

use crate::PASSPHRASE;

/// Has the evaluator commit itself to a noise seed and an auditor draw the nonce for it: the files `NAME.seed` and
/// `NAME.nonce`, as options for `evaluate` and `audit`. `about` names the agreement and the evaluation key, as options too.
///
/// # Panics
/// When a command fails.
pub fn noise_files(
    drempel: &str,
    folder: &Path,
    about: &str,
    [evaluator, auditor]: [&str; 2],
    name: &str,
) -> String {
    let run = |arguments: String| {
        let output = Command::new(drempel)
            .args(arguments.split_ascii_whitespace())
            .env("DREMPEL_PASSPHRASE", PASSPHRASE)
            .current_dir(folder)
            .output()
            .expect("drempel starts");
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let said = run(format!("noise {about} --signing-key {evaluator} --out {name}.seed"));
    let commitment = said.lines().find_map(|line| line.strip_prefix("commitment ")).expect("a commitment");
    run(format!("nonce {about} --signing-key {auditor} --commitment {commitment} --out {name}.nonce"));
    format!("--noise {name}.seed --nonce {name}.nonce")
}
