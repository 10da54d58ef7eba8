//! Every way a file can be wrong, and what a person is told about it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use keruen::scenario::{self, Invalid, Text};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid")
}

/// A text under its name as seen from the folder, so that messages are the same everywhere.
fn text(path: &str) -> Text {
    Text::new(
        path,
        fs::read_to_string(folder().join(path)).expect("a file of the corpus"),
    )
}

fn read_csv(name: &str) -> io::Result<String> {
    fs::read_to_string(folder().join(name))
        .map_err(|_| io::Error::new(io::ErrorKind::NotFound, "no such file"))
}

fn is_toml(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "toml")
}

fn sorted(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of the corpus");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

fn check(name: &str, files: &[String], set: &[String]) {
    let texts: Vec<Text> = files.iter().map(|file| text(file)).collect();
    let invalid: Invalid = scenario::parse(&texts, set, &read_csv)
        .expect_err(&format!("{name} is read as if it were right"));
    snapshot(name, &invalid);
}

fn snapshot(name: &str, invalid: &Invalid) {
    for problem in invalid.problems() {
        assert!(
            problem.advice().is_some(),
            "{name}: `{problem}` comes without advice"
        );
    }
    insta::with_settings!({
        snapshot_path => "../invalid/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!(name, super::scenario_files::rendered(invalid));
    });
}

#[test]
fn every_invalid_scenario_is_explained() {
    let files: Vec<String> = sorted(&folder())
        .into_iter()
        .filter(|name| is_toml(name))
        .collect();
    assert!(files.len() >= 40, "the corpus has {} files", files.len());
    for file in files {
        check(
            file.trim_end_matches(".toml"),
            std::slice::from_ref(&file),
            &[],
        );
    }
}

#[test]
fn every_invalid_strategy_and_setting_is_explained_in_its_own_file() {
    for name in sorted(&folder()) {
        if !name.starts_with("strategy_") && !name.starts_with("set_") {
            continue;
        }
        let names = sorted(&folder().join(&name));
        let files: Vec<String> = names
            .iter()
            .filter(|file| is_toml(file))
            .map(|file| format!("{name}/{file}"))
            .collect();
        let set = fs::read_to_string(folder().join(&name).join("set.txt")).unwrap_or_default();
        let set: Vec<String> = set.lines().map(str::to_owned).collect();
        check(&name, &files, &set);
    }
}

#[test]
fn invalid_closures_are_explained() {
    let base = scenario::parse(&[text("stress/base.toml")], &[], &read_csv).expect("valid");
    let case = text("stress/bad_closures.toml");
    let invalid = scenario::parse_stress(&case, &base.model).expect_err("invalid");
    snapshot("stress_bad_closures", &invalid);

    let invalid = scenario::closure(&base.model, "lime", "soon", "20", Some("half"));
    snapshot("closure_arguments", &invalid.expect_err("invalid"));
}

#[test]
fn an_invalid_study_is_explained() {
    let path = folder().join("study/unknown_files.toml");
    let Err(scenario::Error::Invalid(invalid)) = scenario::load_study(&path) else {
        panic!("the study must be invalid");
    };
    let messages: Vec<&str> = invalid
        .problems()
        .iter()
        .map(scenario::Problem::message)
        .collect();
    assert_eq!(
        messages,
        [
            "`no-such-scenario.toml` matches no file",
            "`strategies/*.toml` matches no file",
            "unknown unit `bn`",
        ]
    );
}

#[test]
fn rules_of_portfolios_that_make_no_sense_are_explained() {
    let path = folder().join("study/bad_rules.toml");
    let Err(scenario::Error::Invalid(invalid)) = scenario::load_study(&path) else {
        panic!("the study must be invalid");
    };
    let problems = invalid.problems();
    let messages: Vec<&str> = problems.iter().map(scenario::Problem::message).collect();
    assert_eq!(
        messages,
        [
            "unknown strategy `one`",
            "unknown strategy `another`",
            "a list of `exclusive` names two strategies or more, each once",
            "unknown strategy `alone`",
            "`study.requires` is a string",
            "`study.at_most` is a negative number",
            "`study.overlaps` cannot be `sometimes`",
            "`kb/d` measures a rate, not an amount of money",
            "the axis `war` has fewer than two cases",
            "`no-such-file.toml` matches no file",
        ]
    );
    assert!(problems.iter().all(|problem| problem.advice().is_some()));
}

#[test]
fn a_file_that_is_no_text_is_shown_at_its_first_bad_byte() {
    let folder = tempfile::tempdir().expect("a place for a file");
    let path = folder.path().join("latin1.toml");
    fs::write(&path, b"[scenario]\nname = \"caf\xe9\"\n").expect("written");
    let request = scenario::Request {
        path: &path,
        with: &[],
        set: &[],
    };
    let Err(scenario::Error::Invalid(invalid)) = scenario::load(&request) else {
        panic!("the file must be invalid");
    };
    let problem = &invalid.problems()[0];
    assert_eq!(problem.kind(), "scenario::not_utf8");
    assert_eq!(problem.place().expect("a place").1, 2);
}

#[test]
fn a_file_that_is_not_there_is_unreadable() {
    let path = Path::new("no/such/scenario.toml");
    let request = scenario::Request {
        path,
        with: &[],
        set: &[],
    };
    assert!(matches!(
        scenario::load(&request),
        Err(scenario::Error::Unreadable { .. })
    ));
}

/// What is wrong with a text, as a person sees it.
fn shown(text: &str) -> (Invalid, String) {
    let texts = [Text::new("long.toml", text)];
    let invalid = scenario::parse(&texts, &[], &read_csv).expect_err("invalid");
    let shown = super::scenario_files::rendered(&invalid);
    (invalid, shown)
}

const SHORT: &str = "[scenario]\nname = \"Long\"\nstart = 2026-01-01\nhorizon = \"365 d\"\n\
    [field.oil]\nplan = \"100 kb/d\"\n[market.sea]\ndemand = \"200 kb/d\"\n\
    [link.line]\nfrom = \"oil\"\nto = \"sea\"\n";

#[test]
fn of_a_long_line_the_part_around_the_problem_is_shown() {
    let many = "\"link.line\", ".repeat(6_000);
    let text = format!(
        "{SHORT}[hazard.a]\nhits = [{many}\"link.wrong\"]\noccurs = {{ poisson = {{ rate = \"1 /yr\" }} }}\nduration = \"1 d\"\n"
    );
    let (_, shown) = shown(&text);
    assert!(shown.contains("link.wrong"), "{shown}");
    let column = "hits = [".len() + many.len() + 1;
    assert!(
        shown.contains(&format!("[long.toml:13:{column}]")),
        "{shown}"
    );
    let longest = shown.lines().map(|line| line.chars().count()).max();
    assert!(longest.expect("lines") < 500, "{longest:?}");
}

#[test]
fn a_long_value_before_or_after_a_problem_is_cut() {
    let remark = format!("note = \"{}\"", "é".repeat(70_000));
    let text = SHORT.replace(
        "plan = \"100 kb/d\"",
        &format!(
            "{remark}\nplan = \"100 kb\"\nname = \"{}\"",
            "x".repeat(70_000)
        ),
    );
    let (_, shown) = shown(&text);
    assert!(shown.contains("[long.toml:7:8]"), "{shown}");
    assert!(shown.contains("plan = \"100 kb\""), "{shown}");
    assert!(shown.len() < 5_000, "{} bytes", shown.len());

    let long = format!("plan = \"{}\"", "7".repeat(70_000));
    let (_, shown) = self::shown(&SHORT.replace("plan = \"100 kb/d\"", &long));
    assert!(shown.contains("[long.toml:6:8]"), "{shown}");
    assert!(shown.len() < 5_000, "{} bytes", shown.len());
}

#[test]
fn the_first_of_many_problems_are_shown_and_all_are_counted() {
    let many = vec!["\"link.line\""; 500].join(", ");
    let text = format!(
        "{SHORT}[hazard.a]\nhits = [{many}]\noccurs = {{ poisson = {{ rate = \"1 /yr\" }} }}\nduration = \"1 d\"\n"
    );
    let (invalid, shown) = shown(&text);
    assert_eq!(invalid.problems().len(), 499);
    assert!(shown.contains("scenario is invalid (499 to put right)"));
    assert!(shown.contains("and 479 more"), "{shown}");
    assert!(shown.len() < 50_000, "{} bytes", shown.len());
}

#[test]
fn twenty_thousand_problems_do_not_take_minutes() {
    let began = std::time::Instant::now();
    let unknown: Vec<String> = (0..20_000).map(|i| format!("key-{i} = 1\n")).collect();
    let unknown = unknown.concat();
    let (invalid, shown) = shown(&format!("{SHORT}{unknown}"));
    assert_eq!(invalid.problems().len(), 20_000);
    assert!(shown.len() < 50_000, "{} bytes", shown.len());
    // Each of these ids is compared with as many others.
    let links: Vec<String> = (0..6_000)
        .map(|i| format!("[link.line-{i}]\nfrom = \"oil\"\nto = \"see-{i}\"\n[hub.hub-{i}]\n"))
        .collect();
    let (invalid, _) = self::shown(&format!("{SHORT}{}", links.concat()));
    assert_eq!(invalid.problems().len(), 6_000);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn warnings_do_not_hide_an_error_that_comes_after_them() {
    let links: Vec<String> = (0..40).map(|i| format!("[market.a{i:02}]\n")).collect();
    let text = format!("{SHORT}{}[simulation]\nseed = \"x\"\n", links.concat());
    let (_, shown) = shown(&text);
    assert!(shown.contains("simulation.seed"), "{shown}");
}

#[test]
fn only_regular_files_of_a_bearable_size_are_read() {
    let folder = tempfile::tempdir().expect("a place for files");
    let unreadable = |path: &Path| {
        let request = scenario::Request {
            path,
            with: &[],
            set: &[],
        };
        match scenario::load(&request) {
            Err(scenario::Error::Unreadable { source, .. }) => source.to_string(),
            other => panic!("{} must not be read: {other:?}", path.display()),
        }
    };
    let large = folder.path().join("large.toml");
    let file = fs::File::create(&large).expect("a file");
    file.set_len(65 << 20).expect("a hole in a file");
    assert!(unreadable(&large).contains("64 MB"));
    assert!(unreadable(folder.path()).contains("not a regular file"));
    #[cfg(unix)]
    {
        assert!(unreadable(Path::new("/dev/null")).contains("not a regular file"));
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if made.is_ok_and(|status| status.success()) {
            assert!(unreadable(&pipe).contains("not a regular file"));
        }
    }

    // The same holds for what a scenario names.
    let scenario_path = folder.path().join("scenario.toml");
    fs::write(
        &scenario_path,
        format!("{SHORT}capacity = {{ file = \"large.toml\", column = \"a\", every = \"1 h\", unit = \"kb/d\" }}\n"),
    )
    .expect("written");
    let request = scenario::Request {
        path: &scenario_path,
        with: &[],
        set: &[],
    };
    let Err(scenario::Error::Invalid(invalid)) = scenario::load(&request) else {
        panic!("the file must be too large");
    };
    assert!(invalid.problems()[0].message().contains("64 MB"));
}

#[test]
fn control_characters_never_reach_a_terminal() {
    for (text, line) in [
        (SHORT.replace("\"Long\"", "\"Lo\\u001Bng\""), 2),
        (
            SHORT.replace("to = \"sea\"", "to = \"sea\"\nname = \"a\\u0000b\""),
            12,
        ),
        (
            SHORT.replace("[field.oil]", "[field.oil]\nname = \"a\\nb\""),
            6,
        ),
        (SHORT.replace("start", "about = \"x\\u009B31m\"\nstart"), 3),
        (
            format!("{SHORT}[source.a]\ntitle = \"x\"\nurl = \"\\u001B\"\n"),
            14,
        ),
    ] {
        let (invalid, shown) = shown(&text);
        let mut errors = invalid
            .problems()
            .iter()
            .filter(|problem| !problem.is_warning());
        let problem = errors.next().expect("an error");
        assert_eq!(problem.kind(), "scenario::control_character", "{shown}");
        assert_eq!(problem.place().expect("a place").1, line, "{shown}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'));
    }
    // Raw in the text, in a key, and in the name of a file.
    for text in [
        "name = \"\u{1b}[31m\"",
        "\"\\u001B\" = 1",
        "[field.\"\\u0007\"]",
    ] {
        let texts = [Text::new("a\u{1b}b.toml", format!("{SHORT}{text}\n"))];
        let invalid = scenario::parse(&texts, &[], &read_csv).expect_err("invalid");
        let shown = super::scenario_files::rendered(&invalid);
        assert!(
            !shown.contains(|c: char| c.is_control() && c != '\n'),
            "{shown:?}"
        );
        let lines = invalid.problems().iter().map(ToString::to_string);
        assert!(!lines.collect::<String>().contains('\u{1b}'));
    }
    let fine = SHORT.replace(
        "start",
        "about = \"two\\n\\tlines\"\nnote = '''a\r\nb'''\nstart",
    );
    scenario::parse(&[Text::new("a.toml", fine)], &[], &read_csv).expect("valid");
}
