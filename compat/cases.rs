//! The cases of `compat/cases` under our build, compared with what an original does: as recorded in `compat/observed`,
//! or live, when `COMPARE_LIBRARIES` and `COMPARE_SOURCES`
//! say where one is (`scripts/compare.sh` does that). A difference passes only if
//! `compat/departures` names it with both sides, and what is named there has to occur.
//!
//! An observation is a line `label: text` that a case prints. The runner adds what the process wrote to stderr, as
//! `stderr 1` and so on, and how it ended, as `end`.

use assert_cmd::Command;
use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const MODULES: [&str; 2] = ["llthreads2", "llthreads"];

/// What the README's tables call the differences; `5.5` is what only that Lua does otherwise than 5.4.
const NUMBERS: [&str; 23] = [
    "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12", "D13", "D14", "D15", "E1", "L1", "L2",
    "L3", "L4", "L5", "L6", "5.5",
];

/// Longer than any case takes that ends at all.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn lua5_1() {
    check("lua5.1");
}

#[test]
fn lua5_2() {
    check("lua5.2");
}

#[test]
fn lua5_3() {
    check("lua5.3");
}

#[test]
fn lua5_4() {
    check("lua5.4");
}

#[test]
fn luajit() {
    check("luajit");
}

/// The Lua that no original was made for, built into our host; what 5.4 does is expected of it.
#[test]
fn lua5_5() {
    check("lua5.5");
}

/// What a run of a case showed: labels and texts, each label once.
type Observed = Vec<(String, String)>;

/// Where `require` finds a build of the module.
struct Build {
    libraries: PathBuf,
    sources: PathBuf,
}

impl Build {
    fn ours(lua: &str) -> Self {
        let directory = Path::new(ROOT).join("build").join(lua);
        Build { libraries: directory.clone(), sources: directory }
    }

    fn from_environment() -> Option<Self> {
        let libraries = env::var_os("COMPARE_LIBRARIES")?.into();
        Some(Build { libraries, sources: env::var_os("COMPARE_SOURCES")?.into() })
    }
}

fn check(lua: &str) {
    let listed = departures();
    let reference = Build::from_environment();
    let only = env::var("COMPARE_MODULE").ok();
    let recording = env::var_os("COMPARE_RECORD").is_some();
    let ours = Build::ours(lua);
    let host = if lua == "lua5.5" { embedded(lua) } else { lua.into() };
    let mut report = String::new();

    for module in MODULES.into_iter().filter(|module| only.as_deref().is_none_or(|only| only == *module)) {
        let observed =
            Path::new(ROOT).join("compat/observed").join(if lua == "lua5.5" { "lua5.4" } else { lua }).join(module);
        if recording {
            record(lua, module, reference.as_ref().expect("COMPARE_LIBRARIES"), &observed);
            continue;
        }
        let place = (module.to_owned(), lua.to_owned());
        let mut used = BTreeSet::new();
        for case in cases() {
            let theirs = match &reference {
                Some(reference) => run(lua.as_ref(), reference, &case, module),
                None => parse(&fs::read_to_string(observed.join(&case)).unwrap_or_else(|error| {
                    panic!("{}/{case}: {error}; scripts/compare.sh --record makes it", observed.display())
                })),
            };
            let found = differences(&theirs, &run(&host, &ours, &case, module));
            let meant = |difference: &Difference| {
                listed.iter().position(|entry| {
                    entry.case == case && entry.on.contains(&place) && entry.difference == *difference
                })
            };
            used.extend(found.iter().filter_map(meant));
            let others: String = found.iter().filter(|it| meant(it).is_none()).map(ToString::to_string).collect();
            if !others.is_empty() {
                let _ = writeln!(report, "\n{case}\non {module}: {lua}\n{others}");
            }
        }
        for (at, entry) in listed.iter().enumerate() {
            if entry.on.contains(&place) && !used.contains(&at) {
                let Departure { number, case, difference, .. } = entry;
                let _ = writeln!(report, "\n{number} {case} does not occur\non {module}: {lua}\n{difference}");
            }
        }
    }
    assert!(report.is_empty(), "other than compat/departures has it (- an original, + ours):\n{report}");
}

/// Writes what the original does to `observed`, in the place of what was there.
fn record(lua: &str, module: &str, reference: &Build, observed: &Path) {
    let _ = fs::remove_dir_all(observed);
    fs::create_dir_all(observed).unwrap();
    for case in cases() {
        let first = run(lua.as_ref(), reference, &case, module);
        assert_eq!(first, run(lua.as_ref(), reference, &case, module), "{case} is not the same twice on {lua}");
        let text: String = first.iter().map(|(label, text)| format!("{label}: {text}\n")).collect();
        fs::write(observed.join(&case), text).unwrap();
    }
}

/// The names of the cases.
fn cases() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(Path::new(ROOT).join("compat/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

/// The host with `lua` built in.
fn embedded(lua: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hosts");
    Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--bins", "--manifest-path", &format!("{ROOT}/Cargo.toml"), "--target-dir"])
        .arg(&target)
        .args(["--no-default-features", "--features", &format!("vendored,{}", lua.replace('.', ""))])
        .assert()
        .success();
    target.join("debug/llthreads2-lua").with_extension(env::consts::EXE_EXTENSION)
}

/// Runs a case with the module from `build`, which a host that has it built in does not look at.
fn run(host: &Path, build: &Build, case: &str, module: &str) -> Observed {
    let script = format!("compat/cases/{case}.lua");
    let mut command = Command::new(host);
    command.args([&script, module]).current_dir(ROOT).timeout(LIMIT);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("LUA_") {
            command.env_remove(name);
        }
    }
    let suffix = env::consts::DLL_SUFFIX.replace(".dylib", ".so");
    command.env("LUA_PATH", build.sources.join("?.lua")).env("LUA_CPATH", build.libraries.join(format!("?{suffix}")));
    let start = Instant::now();
    let output = command.output().unwrap_or_else(|error| panic!("{}: {error}", host.display()));

    let mut observed = parse(&String::from_utf8_lossy(&output.stdout));
    assert!(
        !observed.is_empty() || !output.status.success(),
        "{script} {module} under {} prints nothing",
        host.display()
    );
    for (at, line) in String::from_utf8_lossy(&output.stderr).lines().enumerate() {
        observed.push((format!("stderr {}", at + 1), normalized(line, host)));
    }
    let status = output.status.to_string().replace(" (core dumped)", "");
    let end = if start.elapsed() >= LIMIT { "never".into() } else { status };
    observed.push(("end".into(), end));
    observed
}

/// A line without addresses, and without the name of the program.
fn normalized(line: &str, host: &Path) -> String {
    let line = line.replace(&*host.to_string_lossy(), "lua");
    let mut parts = line.split("0x");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += "0x?";
        text += part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    text
}

fn parse(text: &str) -> Observed {
    text.lines()
        .map(|line| line.split_once(": ").unwrap_or((line, "")))
        .map(|(label, text)| (label.into(), text.into()))
        .collect()
}

/// What one label shows under an original and under ours; none where it does not appear.
#[derive(PartialEq)]
struct Difference {
    label: String,
    theirs: Option<String>,
    ours: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sign, side) in [('-', &self.theirs), ('+', &self.ours)] {
            if let Some(text) = side {
                writeln!(f, "{sign} {}: {text}", self.label)?;
            }
        }
        Ok(())
    }
}

fn differences(theirs: &Observed, ours: &Observed) -> Vec<Difference> {
    let of = |side: &Observed, label: &str| side.iter().find(|it| it.0 == label).map(|it| it.1.clone());
    // What an original does not have is one difference, not as many as the case looks at.
    let lacks: Vec<_> = theirs.iter().filter(|it| it.1 == "missing").collect();
    let labels = if lacks.is_empty() {
        let more = ours.iter().filter(|it| of(theirs, &it.0).is_none());
        theirs.iter().chain(more).collect()
    } else {
        lacks
    };
    let all = labels.into_iter().map(|(label, _)| Difference {
        label: label.clone(),
        theirs: of(theirs, label),
        ours: of(ours, label),
    });
    all.filter(|it| it.theirs != it.ours).collect()
}

/// A difference that is meant.
struct Departure {
    number: String,
    case: String,
    /// Module and Lua.
    on: BTreeSet<(String, String)>,
    difference: Difference,
}

/// Reads `compat/departures`, whose head says how it is written.
fn departures() -> Vec<Departure> {
    let text = fs::read_to_string(Path::new(ROOT).join("compat/departures")).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let entries = lines.split(|line| line.is_empty()).filter(|entry| !entry.is_empty());
    entries.flat_map(|entry| departure(entry).unwrap_or_else(|| panic!("compat/departures: {entry:#?}"))).collect()
}

fn departure(entry: &[&str]) -> Option<Vec<Departure>> {
    let (title, rest) = entry.split_first()?;
    let (number, case) = title.split_once(' ')?;
    let mut on = BTreeSet::new();
    let mut differences: Vec<Difference> = Vec::new();
    for line in rest {
        if let Some(place) = line.strip_prefix("on ") {
            let (module, luas) = place.split_once(": ")?;
            on.extend(luas.split(' ').map(|lua| (module.to_owned(), lua.to_owned())));
            continue;
        }
        let (label, text) = line.get(2..)?.split_once(": ")?;
        let (label, text) = (label.to_owned(), Some(text.to_owned()));
        match (line.get(..2)?, differences.last_mut()) {
            ("+ ", Some(last)) if last.label == label && last.ours.is_none() => last.ours = text,
            ("+ ", _) => differences.push(Difference { label, theirs: None, ours: text }),
            ("- ", _) => differences.push(Difference { label, theirs: text, ours: None }),
            _ => return None,
        }
    }
    let complete = NUMBERS.contains(&number) && !on.is_empty() && !differences.is_empty();
    let entry = |difference| Departure { number: number.into(), case: case.into(), on: on.clone(), difference };
    complete.then(|| differences.into_iter().map(entry).collect())
}
