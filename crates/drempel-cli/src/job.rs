use std::fmt::Write;

use drempel::Progress;
use drempel::job::{self, Folder, Status};
use serde_json::{Value, json};

use crate::cli::{JobAction, JobCommandArgs};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &JobCommandArgs, output: &Output) -> Result<(), Failure> {
    match &args.action {
        JobAction::Status { out } => {
            let folder = Folder::of(out);
            let Status { shards, whole: Progress { done, of } } = job::status(&folder)?;
            let mut text = format!("{}\n", folder.path().display());
            let mut rows = Vec::new();
            for (begun, progress) in &shards {
                let (shard, done, of) = (begun.shard, progress.done, progress.of);
                let _ = writeln!(text, "  shard {shard}: {done} of {of} answers");
                rows.push(json!({ "shard": shard.to_string(), "done": done, "of": of }));
            }
            let _ = writeln!(text, "{done} of {of} answers");
            output.result(&text, &json!({ "shards": Value::from(rows), "done": done, "of": of }));
            Ok(())
        }
        JobAction::Assemble(args) => {
            crate::evaluate::with_job(args, |job, _| crate::evaluate::finish(job, args, None, output))
        }
    }
}
