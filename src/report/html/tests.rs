//! Pages of hostile and of plain results.

use std::collections::BTreeMap;

use crate::charts::{self, Theme};
use crate::results::{Exceedance, ExceedancePoint, Origin, OriginFigure, OriginSource, Summary};

use super::super::example;
use super::*;

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";

fn origin(text: &str) -> Origin {
    let figure = OriginFigure {
        path: format!("field.{text}.plan"),
        strategy: None,
        value: format!("1 kb/d {text}"),
        low: Some(text.to_owned()),
        high: Some(text.to_owned()),
        form: Some("range".to_owned()),
        sources: vec!["s".to_owned()],
        note: Some(text.to_owned()),
    };
    let source = OriginSource {
        title: text.to_owned(),
        url: Some("javascript:alert(3)".to_owned()),
        ..OriginSource::default()
    };
    Origin {
        format: "keruen-origin/1".to_owned(),
        command: format!("keruen run {text}"),
        figures: vec![figure],
        remarks: BTreeMap::from([(format!("field.{text}"), text.to_owned())]),
        sources: BTreeMap::from([("s".to_owned(), source)]),
    }
}

fn drawings(summary: &Summary) -> Vec<Drawing> {
    let figures = charts::run_figures(summary);
    let drawing = |(stem, figure): &(&str, charts::Figure)| Drawing {
        stem: (*stem).to_owned(),
        title: figure.title().to_owned(),
        about: figure.description().to_owned(),
        svg: figure.svg(Theme::Light).expect("drawn"),
        colours: figure.colours(),
    };
    figures.iter().map(drawing).collect()
}

fn made(summary: &Summary, origin: &Origin) -> Page {
    page(summary, Some(origin), &drawings(summary)).expect("memory takes all")
}

fn hostile() -> Summary {
    let mut summary = example::summary();
    summary.scenario.name = HOSTILE.to_owned();
    summary.scenario.about = HOSTILE.to_owned();
    summary.warnings = vec![HOSTILE.to_owned()];
    for node in &mut summary.network.nodes {
        node.name = HOSTILE.to_owned();
    }
    for route in &mut summary.network.routes {
        route.name = HOSTILE.to_owned();
    }
    summary
}

#[test]
fn names_are_text_and_never_markup() {
    let text = html(&made(&hostile(), &origin(HOSTILE)));
    // The page has one script of its own.
    assert_eq!(text.matches("<script").count(), 1);
    assert!(!text.contains("<img"));
    assert!(!text.contains("javascript:"), "no address but of the web");
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let text = markdown(&made(&hostile(), &origin(HOSTILE)));
    let title = text.lines().next().expect("a title");
    assert_eq!(
        title.matches('<').count(),
        title.matches("\\<").count(),
        "{title}"
    );
    assert!(title.contains("\\<script\\>"), "{title}");
}

#[test]
fn a_page_asks_for_nothing_and_says_so() {
    let mut from = origin("x");
    from.sources.get_mut("s").expect("there").url = Some("https://example.org/a".to_owned());
    let text = html(&made(&example::summary(), &from));
    assert!(text.contains("content=\"default-src 'none'; style-src 'sha256-"));
    // Links to sources are words to click on; nothing else names another place.
    for (at, _) in text.match_indices("://") {
        let start = text[..at]
            .rfind(['"', '\'', ' ', '>', '('])
            .map_or(0, |at| at + 1);
        let before = &text[..start];
        let is_name_space = text[start..].starts_with("http://www.w3.org/2000/svg");
        assert!(
            is_name_space || before.ends_with("<a href=\""),
            "{}",
            &text[start..text.len().min(start + 60)]
        );
    }
    for word in [
        " src=",
        "@import",
        "url(http",
        "<link",
        "<iframe",
        "fetch(",
        "XMLHttpRequest",
    ] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn ids_are_used_once_and_headings_are_in_order() {
    let text = html(&made(&example::summary(), &origin("x")));
    let mut ids: Vec<&str> = text
        .match_indices(" id=\"")
        .filter_map(|(at, found)| text[at + found.len()..].split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for (at, found) in text.match_indices("aria-labelledby=\"") {
        let id = text[at + found.len()..].split('"').next().expect("an end");
        assert!(ids.binary_search(&id).is_ok(), "{id}");
    }
}

#[test]
fn the_summary_says_what_reaches_a_market_and_how_sure_that_is() {
    let mut summary = example::summary();
    let point = |level: f64, probability, low, high| ExceedancePoint {
        level_bbl: level * 1e6,
        probability,
        low,
        high,
        epistemic: None,
    };
    summary.strategies[0].exceedance = Some(Exceedance {
        metric: "undelivered".to_owned(),
        points: vec![
            point(0.0, 1.0, 0.99, 1.0),
            point(70.0, 0.12, 0.1, 0.14),
            point(80.0, 0.1, 0.08, 0.12),
            point(90.0, 0.08, 0.06, 0.1),
        ],
    });
    let page = made(&summary, &origin("x"));
    // Of 657 million barrels in 365 days 80 are missing, or between 70 and 90.
    let plain = page.finding.replace(['\u{a0}', '\u{2009}'], " ");
    assert_eq!(
        plain,
        "In nine years of ten at least 1 581 kb/d of 1 800 kb/d planned reach a market (95 % interval 1 553 to 1 608 \
         kb/d)."
    );
    assert!(
        page.said.iter().any(|text| text.contains('±')),
        "{:?}",
        page.said
    );
    let text = html(&page);
    for part in [
        "Figures",
        "Results in full",
        "Assumptions and sources",
        "Methods and references",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("keruen run x"));
    assert!(text.contains(&example::summary().scenario.sha256));
}

#[test]
fn tables_of_a_page_are_those_of_the_text() {
    let summary = example::summary();
    let mut text = Vec::new();
    super::super::run_text(&summary, 100, &mut text).expect("memory takes all");
    let text = String::from_utf8(text).expect("text");
    let page = html(&made(&summary, &origin("x")));
    for number in ["37.14 ± 0.38", "94.118 ± 0.062", "148.2 ± 2.9*"] {
        assert!(text.contains(number) && page.contains(number), "{number}");
    }
    assert!(markdown(&made(&summary, &origin("x"))).contains("37.14 ± 0.38"));
}
