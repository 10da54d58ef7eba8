//! `report.html`, `report.md` and `report.xlsx`.

use std::fs;

use calamine::Reader as _;

use super::{Place, code, keruen, text};

/// A page is mailed, so it stays small.
const MOST_BYTES: usize = 3_000_000;

/// Sheets that say what a result rests on.
const ABOUT_FIGURES: [&str; 2] = ["Assumptions", "Sources"];

/// Names of the sheets of a workbook, and how many rows each has.
fn sheets(bytes: Vec<u8>) -> Vec<(String, usize)> {
    let file = std::io::Cursor::new(bytes);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(file).expect("a workbook");
    let sheets = book.worksheets().into_iter();
    sheets.map(|(name, rows)| (name, rows.height())).collect()
}

#[test]
fn numbers_without_a_place_are_refused() {
    let place = Place::new();
    let refused = place.keruen("run", &["-n", "2", "--json", "--xlsx"]);
    assert_eq!(code(&refused), 2);
    assert!(
        text(&refused.stderr).contains("--out DIR"),
        "{}",
        text(&refused.stderr)
    );
}

#[test]
fn every_kind_of_result_has_a_page_that_report_writes_again_to_the_byte() {
    let place = Place::new();
    let scenario = place.scenario.to_str().expect("a plain path").to_owned();
    let link = place.link();
    let strategy = "study/bigger-tank.toml";
    let of =
        |words: &[&str]| -> Vec<String> { words.iter().map(|&word| word.to_owned()).collect() };
    let backtest = crate::worlds::project("tests/backtest/two_routes.toml");
    let parts = crate::worlds::project("scenarios/twelve_parts.toml");
    let [backtest, parts] = [backtest, parts].map(|path| path.to_str().expect("plain").to_owned());
    let stress = ["--close", &link, "--from", "2026-01-10", "--for", "10 d"];
    let kinds = [
        of(&["run", &scenario, "-n", "40"]),
        of(&["compare", &scenario, "--with", strategy, "-n", "40"]),
        of(&[&["stress", &scenario], &stress[..]].concat()),
        of(&["explain", &scenario, "--worst", "-n", "20"]),
        of(&["rank", &scenario, "-n", "20"]),
        of(&["rank", &scenario, "--by", "importance", "-n", "20"]),
        of(&["rank", &scenario, "--by", "shapley", "-n", "20"]),
        of(&["rank", &scenario, "--by", "recovery", "-n", "20"]),
        of(&["worst", &scenario]),
        of(&["exact", &parts, "-n", "40"]),
        of(&["backtest", &backtest, "--replays", "5", "-n", "20"]),
    ];
    for (number, kind) in kinds.iter().enumerate() {
        let out = format!("out-{number}");
        let mut words: Vec<&str> = kind.iter().map(String::as_str).collect();
        words.extend(["--xlsx", "--out", &out]);
        let output = keruen(place.path(), &words);
        assert_eq!(code(&output), 0, "{kind:?}: {}", text(&output.stderr));
        let file = place.path().join(&out).join("report.html");
        let page = fs::read(&file).expect("a page");
        assert!(page.len() < MOST_BYTES, "{kind:?}: {}", page.len());
        let words = text(&page);
        assert!(words.contains(&format!("keruen {}", kind[0])), "{kind:?}");
        assert!(words.contains("class=\"finding\""), "{kind:?}");
        assert!(words.contains("<svg "), "{kind:?}");
        assert!(
            !words.contains(" src=") && !words.contains("<link"),
            "{kind:?}"
        );

        let workbook = place.path().join(&out).join("report.xlsx");
        let numbers = fs::read(&workbook).expect("a workbook");
        fs::remove_file(&file).expect("there");
        fs::remove_file(&workbook).expect("there");
        let again = keruen(place.path(), &["report", &out, "--format", "html,xlsx"]);
        assert_eq!(code(&again), 0, "{kind:?}: {}", text(&again.stderr));
        assert!(
            fs::read(&file).expect("a page") == page,
            "{kind:?}: another page"
        );
        let workbook = fs::read(&workbook).expect("a workbook");
        assert!(workbook == numbers, "{kind:?}: another workbook");
        let sheets = sheets(workbook);
        assert_eq!(sheets[0].0, "About", "{kind:?}");
        // A story is words and a chart; all else is rows.
        let is_told = kind[0] == "explain";
        let has_rows = sheets[1..]
            .iter()
            .any(|(name, rows)| !ABOUT_FIGURES.contains(&name.as_str()) && *rows > 1);
        assert_eq!(has_rows, !is_told, "{kind:?}: {sheets:?}");
    }
}

#[test]
fn a_report_has_the_forms_and_the_figures_that_are_asked_for() {
    let place = Place::new();
    let ran = place.keruen("run", &["-n", "30", "--out", "out", "--no-charts"]);
    assert_eq!(code(&ran), 0, "{}", text(&ran.stderr));
    let read = |name: &str| fs::read_to_string(place.path().join("out").join(name));
    assert!(!read("report.html").expect("a page").contains("<svg"));

    let asked = [
        "report",
        "out",
        "--format",
        "md",
        "--figures",
        "losses,exceedance",
    ];
    let output = keruen(place.path(), &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let page = read("report.md").expect("a page");
    assert!(
        page.contains("](losses.svg)") && page.contains("](exceedance.svg)"),
        "{page}"
    );
    assert!(!page.contains("](convergence.svg)"), "{page}");
    let names = place.names("out");
    let there = |name: &str| names.iter().any(|one| one == name);
    assert!(
        there("losses.png") && !there("convergence.svg"),
        "{names:?}"
    );
    assert!(
        !read("report.html").expect("a page").contains("<svg"),
        "only what is asked for"
    );

    let unknown = keruen(place.path(), &["report", "out", "--figures", "moon"]);
    assert_eq!(code(&unknown), 2, "{}", text(&unknown.stderr));
    let absent = keruen(place.path(), &["report", "out", "--figures", "tornado"]);
    assert_eq!(code(&absent), 2, "{}", text(&absent.stderr));

    // Older results say less about where they come from.
    fs::remove_file(place.path().join("out/origin.json")).expect("there");
    assert_eq!(code(&keruen(place.path(), &["report", "out"])), 0);
    // A page beside results does not keep them from being replaced.
    let again = place.keruen("run", &["-n", "10", "--out", "out", "--overwrite"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(!place.names("out").contains(&"report.md".to_owned()));
}

#[test]
fn results_keep_what_was_typed_and_what_they_rest_on() {
    let place = Place::new();
    let words = [
        "-n",
        "10",
        "--threads",
        "1",
        "--set",
        "scenario.name=\"A b\"",
        "--out",
        "out",
    ];
    let output = place.keruen("run", &words);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let origin = place.json("out/origin.json");
    assert_eq!(origin["format"], "keruen-origin/1");
    let scenario = place.scenario.to_str().expect("a plain path");
    let command = format!("keruen run {scenario} -n 10 --set 'scenario.name=\"A b\"'");
    assert_eq!(origin["command"], command);
    let figures = origin["figures"].as_array().expect("figures");
    assert!(figures.iter().any(|figure| {
        figure["path"]
            .as_str()
            .is_some_and(|path| path.rsplit('.').next() == Some("plan"))
    }));
    let page = fs::read_to_string(place.path().join("out/report.html")).expect("a page");
    assert!(page.contains("<h1>A b</h1>"));
}
