use std::fs;
use std::io::{self, Write};
use std::path::Path;

use drempel::agreement::Role;
use drempel::analysis::{Program, Question};
use drempel::files::{Access, write_atomically};
use drempel::units::Digest;
use drempel::{Answer, Attestation, EncryptedAnswer, Ledger, SignedAgreement};
use drempel_report::Report;
use drempel_report::report::{Inputs, Regions, Shapes, Source};
use serde_json::json;

use crate::cli::{DialectArgs, ReportAction, ReportArgs, ReportInputs, ReportOutputs};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(args: &ReportArgs, output: &Output) -> Result<(), Failure> {
    match (&args.action, &args.inputs, &args.outputs) {
        (Some(ReportAction::Verify { page, inputs }), ..) => verify(page, inputs, output),
        (None, Some(inputs), Some(outputs)) => write(inputs, outputs, output),
        // clap asks for both.
        _ => Err(Failure::input("--agreement, --answer, --answers and --out are needed")),
    }
}

fn write(args: &ReportInputs, out: &ReportOutputs, output: &Output) -> Result<(), Failure> {
    let files = Files::open(args)?;
    let report = Report::of(&files.inputs(), out.language)
        .map_err(|error| Failure::from(error).about(&args.answer))?;
    save(&out.out, |file| file.write_all(report.page().as_bytes()))?;
    if let Some(path) = &out.csv {
        save(path, |file| report.write_csv(file))?;
    }
    if let Some(path) = &out.parquet {
        save(path, |file| report.write_parquet(file))?;
    }
    if let Some(path) = &out.json_file {
        save(path, |file| writeln!(file, "{:#}", report.to_json()))?;
    }
    let mut charts = 0;
    if let Some(folder) = &out.svg {
        fs::create_dir_all(folder).map_err(|error| Failure::from(error).about(folder))?;
        for (name, svg) in report.charts() {
            save(&folder.join(name), |file| file.write_all(svg.as_bytes()))?;
            charts += 1;
        }
    }
    let (cells, suppressed) = report.size();
    let bytes = crate::output::file_bytes(&out.out);
    let text = format!(
        "{}: {suppressed} of {cells} numbers suppressed, {}\n",
        out.out.display(),
        crate::output::size(bytes)
    );
    let object = json!({
        "agreement": files.now.agreement.id(),
        "answer": files.now.answer.digest(),
        "numbers": cells,
        "suppressed": suppressed,
        "charts": charts,
        "language": out.language.code(),
        "file": { "path": out.out, "bytes": bytes },
    });
    output.result(&text, &object);
    Ok(())
}

fn verify(page: &Path, args: &ReportInputs, output: &Output) -> Result<(), Failure> {
    let files = Files::open(args)?;
    let bytes = fs::read(page).map_err(|error| Failure::from(error).about(page))?;
    Report::verify(&bytes, &files.inputs()).map_err(|error| Failure::from(error).about(page))?;
    let (agreement, answer) = (files.now.agreement.id(), files.now.answer.digest());
    let release = match files.now.ledger {
        Some(_) => "the ledger has its release",
        None => "give --ledger to check its release",
    };
    let text = format!(
        "{}: the report of these files, byte for byte\nchecked: agreement {agreement} signed by all\n\
         checked: answer {answer} signed by the evaluator, every table by its provider; {release}\n\
         not checked: that the released answers are those that were opened; nobody signs them\n",
        page.display(),
    );
    output.result(
        &text,
        &json!({ "agreement": agreement, "answer": answer, "ledger": files.now.ledger.is_some() }),
    );
    Ok(())
}

fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    // Some pages have answers about single people.
    write_atomically(path, Access::Private, |mut out| write(&mut out))
        .map_err(|error: io::Error| Failure::from(error).about(path))
}

/// What a report is made from, read.
struct Files {
    now: Opened,
    before: Option<Opened>,
    regions: Option<Regions>,
    map: Option<Shapes>,
}

/// One released answer.
struct Opened {
    agreement: SignedAgreement<Question>,
    answer: EncryptedAnswer,
    released: Answer,
    file: Digest,
    cases: Option<<Question as Program>::Cases>,
    attestations: Vec<Attestation>,
    ledger: Option<Ledger>,
}

impl Files {
    fn open(args: &ReportInputs) -> Result<Self, Failure> {
        let (agreement, ledger) = (&args.agreement, args.ledger.as_deref());
        let now = Opened::open(agreement, &args.answer, &args.answers, args.cases.as_deref(), ledger)?;
        let now = Opened { attestations: crate::open_each(&args.attestation, Attestation::open)?, ..now };
        let before = match (&args.before_answer, &args.before_answers) {
            (Some(answer), Some(answers)) => {
                let agreement = args.before_agreement.as_ref().unwrap_or(agreement);
                Some(Opened::open(agreement, answer, answers, args.before_cases.as_deref(), None)?)
            }
            _ => None,
        };
        let subject = &now.agreement.shape().columns()[0];
        let read = |path: &Path| fs::read(path).map_err(Failure::from);
        let regions = |path: &Path| Ok::<_, Failure>(Regions::from_csv(subject, &read(path)?)?);
        let regions = args.regions.as_deref().map(|path| crate::with_path(path, regions)).transpose()?;
        let key = args.map_key.as_deref().unwrap_or_default();
        let map = |path: &Path| Ok::<_, Failure>(Shapes::from_json(&read(path)?, key)?);
        let map = args.map.as_deref().map(|path| crate::with_path(path, map)).transpose()?;
        Ok(Self { now, before, regions, map })
    }

    fn inputs(&self) -> Inputs<'_, Question> {
        Inputs {
            now: self.now.source(),
            before: self.before.as_ref().map(Opened::source),
            regions: self.regions.as_ref(),
            map: self.map.as_ref(),
        }
    }
}

impl Opened {
    fn open(
        agreement: &Path,
        answer: &Path,
        answers: &Path,
        cases: Option<&Path>,
        ledger: Option<&Path>,
    ) -> Result<Self, Failure> {
        let signed = crate::agreement::open_signed(agreement)?;
        let answer = crate::with_path(answer, EncryptedAnswer::open)?;
        let (released, file) = crate::answers(signed.shape(), &answer, answers)?;
        let cases =
            cases.map(|path| crate::input::cases(&signed, path, &DialectArgs::default())).transpose()?;
        let verify = |path| crate::ledger::verify(path, signed.only(Role::KeyHolder));
        let ledger = ledger.map(verify).transpose()?;
        Ok(Self { agreement: signed, answer, released, file, cases, attestations: Vec::new(), ledger })
    }

    fn source(&self) -> Source<'_, Question> {
        Source {
            agreement: &self.agreement,
            answer: &self.answer,
            released: &self.released,
            file: self.file,
            cases: self.cases.as_ref(),
            attestations: &self.attestations,
            ledger: self.ledger.as_ref(),
        }
    }
}
