//! Each figure in each form: well-formed SVG with its text, PNG of the right size, text
//! within its bounds, the same bytes each time, and no panic whatever the numbers are.

use carousel_plot::{
    Best, Decay, Figure, Forecast, Heat, LossRun, Marker, Observed, Panel, Predicted,
    Score, Theme, Units, XAxis, compare_figure, decay_figure, fit_figure,
    forecast_figure, loss_figure, scores_figure, units_figure,
};

const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

/// Numbers that have broken other plots.
fn awkward() -> Vec<Vec<f64>> {
    let wave = |k: i32| f64::from(k).sin() * 100.0;
    vec![
        vec![],
        vec![5.0],
        vec![0.0],
        vec![7.0; 12],
        vec![f64::NAN; 5],
        vec![1.0, f64::NAN, 3.0, f64::INFINITY, 5.0, f64::NEG_INFINITY, 2.0],
        vec![1e30, -1e30, 2e30],
        vec![f64::MAX, f64::MIN, 0.0],
        vec![f64::MIN_POSITIVE, 5e-324, 0.0],
        vec![1e16, 1e16 + 2.0, 1e16 + 4.0],
        vec![-3.0, -2.0, -1.0],
        vec![1e-12, 1.0, 1e12],
        (0..200_000).map(wave).collect(),
    ]
}

/// Every kind of figure from the same numbers.
fn figures(values: &[f64]) -> Vec<Figure> {
    let title = "模型 <σ> & \"m\"\u{7}";
    let rows: Vec<usize> = (0..values.len()).map(|k| k * 2).collect();
    let labels: Vec<String> = (0..values.len())
        .map(|m| format!("{}-{:02}", 1949 + m / 12, m % 12 + 1))
        .collect();
    let part = Predicted { name: "模型", rows: &rows, values };
    let run = LossRun { train: values, validation: values };
    let scores: Vec<Score<'_>> = values
        .iter()
        .take(40)
        .map(|&value| Score {
            name: "naive",
            value,
            spread: Some((value - 1.0, f64::NAN)),
            baseline: true,
        })
        .collect();
    let markers = [1.0, -5.0, f64::NAN].map(|x| Marker { x, label: "begins".to_owned() });
    let observed = Observed { name: "y", unit: "passengers", values, labels: &labels };
    let bare = Observed { labels: &[], ..observed };
    let forecast = Forecast { line: part, band: Some((values, values)) };
    let decay = Decay { name: "lstm 4", values };
    vec![
        fit_figure(title, "one line below", &observed, &[part, part], &markers),
        fit_figure(title, "", &bare, &[], &markers),
        compare_figure(title, "", &bare, &[part, part, part], &markers),
        forecast_figure(title, "", &observed, &[forecast]),
        loss_figure(title, "", "mse", &[run]),
        loss_figure(title, "", "mse", &[run, run]),
        scores_figure(title, "", "RMSE", &scores, Best::Lowest),
        decay_figure(title, "", ("steps back", 0), "gradient", &[decay, decay]),
        heat_figure(values),
    ]
}

/// A table with rows of other lengths, too few names, and a group that is too large.
fn heat_figure(values: &[f64]) -> Figure {
    let heat = Heat {
        title: "w_hh".to_owned(),
        measure: "layer 1 <lstm 4>".to_owned(),
        rows: vec!["模型".to_owned(), "2".to_owned()],
        groups: vec![("i".to_owned(), 3), ("模型".to_owned(), 1000)],
        x: XAxis { title: "step".to_owned(), labels: Vec::new() },
        values: values.chunks(700).map(<[f64]>::to_vec).collect(),
        range: Some((-1.0, f64::NAN)),
    };
    Figure { panels: vec![Panel::Heat(heat)], ..Figure::default() }
}

/// Gates with few and with many units over labelled steps, and one without any.
fn stack_figure(values: &[f64]) -> Figure {
    let labels: Vec<String> =
        (1..=values.len()).map(|k| format!("1949-{k:02}")).collect();
    let (few, many) = (vec![values.to_vec(); 3], vec![values.to_vec(); 3]);
    let range = Some((0.0, 1.0));
    let part = Units { name: "i", note: "sigmoid(Wi x)", range, values: &few };
    let other = Units { name: "模型", note: "", range: None, values: &many };
    let none = Units { name: "", note: "c", range: None, values: &[] };
    units_figure("模型 <σ> & \"m\"\u{7}", "", &labels, &[], &[part, other, none])
}

fn airline_like() -> Figure {
    let values: Vec<f64> =
        (0..144).map(|k| 100.0 + f64::from(k) + 30.0 * f64::from(k % 12)).collect();
    figures(&values).remove(0)
}

/// Walks through a document and panics where tags do not match or a character is not
/// escaped. Gives the number of elements of each name.
fn elements(svg: &str) -> std::collections::BTreeMap<String, usize> {
    let mut counts = std::collections::BTreeMap::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains('>'), "bare > in {text:?}");
        for entity in text.split('&').skip(1) {
            let known =
                ["amp;", "lt;", "gt;"].iter().any(|name| entity.starts_with(name));
            assert!(known, "bare & in {text:?}");
        }
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "an open quote in {tag}");
        let name = tag.split([' ', '/']).next().expect("a tag has a name");
        *counts.entry(name.to_owned()).or_insert(0) += 1;
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert!(svg.chars().all(|c| c == '\n' || !c.is_control()));
    counts
}

fn decoded_size(png: &[u8]) -> (u32, u32) {
    let mut reader = png::Decoder::new(png).read_info().expect("a PNG header");
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    assert!(pixels.iter().any(|&byte| byte != pixels[0]), "the picture is blank");
    (info.width, info.height)
}

#[test]
fn svg_is_well_formed_and_has_real_text() {
    let svg = airline_like().svg(Theme::Light);
    let counts = elements(&svg);
    assert_eq!((counts["svg"], counts["title"]), (1, 1));
    assert!(counts["text"] > 12 && counts["polyline"] > 5, "{counts:?}");
    for text in ["模型 &lt;σ&gt; &amp;", "one line below", ">1950<", ">1960<", ">begins<"]
    {
        assert!(svg.contains(text), "{text} is missing");
    }
    assert!(svg.contains("role=\"img\"") && svg.contains("viewBox=\"0 0 760 "));
}

#[test]
fn svg_numbers_have_at_most_two_decimals() {
    let svg = airline_like().svg(Theme::Light);
    let points =
        svg.split("points=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let numbers: Vec<&str> = points.flat_map(|list| list.split([' ', ','])).collect();
    assert!(numbers.len() > 200);
    for number in numbers {
        let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        assert!(decimals <= 2 && number.parse::<f64>().unwrap().is_finite(), "{number}");
    }
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    for (one, other) in figures(&[1.0, 4.0, 2.0]).iter().zip(figures(&[1.0, 4.0, 2.0])) {
        assert_eq!(one.svg(Theme::Dark), other.svg(Theme::Dark));
        assert_eq!(
            one.png(Theme::Dark, 1.0).unwrap(),
            other.png(Theme::Dark, 1.0).unwrap()
        );
        assert_eq!(one.text(80, 24), other.text(80, 24));
    }
}

#[test]
fn themes_differ_in_colours_alone() {
    let colourless = |svg: String| {
        let parts = svg.split('#').enumerate();
        parts.map(|(k, part)| part[if k == 0 { 0 } else { 6 }..].to_owned()).collect()
    };
    let [light, dark] = THEMES.map(|theme| airline_like().svg(theme));
    assert_ne!(light, dark);
    let [light, dark]: [Vec<String>; 2] = [colourless(light), colourless(dark)];
    assert_eq!(light, dark);
}

#[test]
fn png_has_the_size_of_the_svg_times_the_scale() {
    let figure = airline_like();
    let svg = figure.svg(Theme::Light);
    let height = svg.split("height=\"").nth(1).and_then(|rest| rest.split('"').next());
    let height: f64 = height.unwrap().parse().unwrap();
    for theme in THEMES {
        for scale in [0.5, 1.0, 2.0] {
            let size = decoded_size(&figure.png(theme, scale).unwrap());
            assert_eq!(size, ((760.0 * scale) as u32, (height * scale).round() as u32));
        }
    }
    let least = decoded_size(&figure.png(Theme::Light, -1.0).unwrap());
    assert_eq!(least.0, 190);
    assert_eq!(decoded_size(&figure.png(Theme::Light, f64::NAN).unwrap()).0, 760);
}

#[test]
fn text_keeps_to_its_columns_and_lines() {
    for (width, height) in [(80, 24), (40, 12), (132, 40), (20, 12)] {
        for figure in figures(&[112.0, 118.0, 132.0, 129.0, 121.0]) {
            let text = figure.text(width, height);
            assert!(text.lines().count() <= height, "{height}:\n{text}");
            for line in text.lines() {
                let wide = line.chars().filter(|c| ('一'..='龥').contains(c)).count();
                assert!(line.chars().count() + wide <= width, "{width}: {line:?}");
            }
        }
    }
    let text = airline_like().text(80, 24);
    assert!(text.chars().any(|c| ('⠁'..='⣿').contains(&c)));
    assert!(text.contains("1950") && text.contains("a 模型") && text.contains('┤'));
}

/// A text without its escape sequences of colours.
fn without_colours(text: &str) -> String {
    let parts = text.split("\u{1b}[").enumerate();
    parts
        .map(|(k, part)| {
            if k == 0 {
                part
            } else {
                part.split_once('m').map_or(part, |(_, rest)| rest)
            }
        })
        .collect()
}

#[test]
fn colours_change_nothing_but_colours() {
    for figure in figures(&[112.0, 118.0, 132.0, -129.0, 121.0]) {
        for (width, height) in [(20, 12), (80, 24)] {
            let coloured = figure.coloured_text(width, height);
            assert!(coloured.contains('\u{1b}'));
            assert_eq!(without_colours(&coloured), figure.text(width, height));
        }
    }
}

#[test]
fn words_say_what_is_drawn() {
    let labels = ["1949-01", "1949-02", "1949-03"].map(str::to_owned);
    let values = &[112.0, f64::NAN, 1180.25];
    let observed = Observed { name: "y", unit: "people", values, labels: &labels };
    let part = Predicted { name: "test part", rows: &[1, 2], values: &[-5.0, 0.0213] };
    let markers = [1.0, -5.0, f64::NAN].map(|x| Marker { x, label: "begins".to_owned() });
    let words = fit_figure("m: lstm 4", "", &observed, &[part], &markers).words();
    assert_eq!(
        words,
        "m: lstm 4\nacross, row: 1949-01 to 1949-03\nup, people: -5 to 1180\n\
         at 1949-02: begins\n\
         y: first 112 at 1949-01, last 1180 at 1949-03, lowest 112 at 1949-01, highest \
         1180 at 1949-03, 2 values\n\
         test part: first -5 at 1949-02, last 0.0213 at 1949-03, lowest -5 at 1949-02, \
         highest 0.0213 at 1949-03, 2 values\n"
    );
}

#[test]
fn awkward_numbers_still_give_a_figure() {
    for values in awkward() {
        for figure in figures(&values).into_iter().chain([stack_figure(&values)]) {
            for theme in THEMES {
                let svg = figure.svg(theme);
                elements(&svg);
                assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
                assert!(svg.len() < 1_000_000, "{} bytes", svg.len());
            }
            decoded_size(&figure.png(Theme::Light, 0.5).unwrap());
            assert!(figure.sixel(Theme::Light, 0.25).unwrap().starts_with("\u{1b}Pq"));
            assert!(!figure.words().is_empty());
            for (width, height) in [(0, 0), (80, 24), (usize::MAX, usize::MAX)] {
                assert!(!figure.text(width, height).is_empty());
            }
        }
    }
}

#[test]
fn a_stack_has_a_heading_for_each_chart_and_one_axis() {
    let figure = stack_figure(&[0.25, 0.5, 0.75, 1.0]);
    let svg = figure.svg(Theme::Light);
    elements(&svg);
    for text in [">i<", ">sigmoid(Wi x)<", ">unit 3<", ">Feb<", ">no values to draw<"] {
        assert_eq!(svg.matches(text).count(), 1, "{text}");
    }
    // Each of the three charts needs four lines; the title, the axis and the names of
    // the lines need one, two and one.
    for (width, height) in [(20, 18), (80, 18), (80, 30)] {
        let text = figure.text(width, height);
        assert!(text.lines().count() <= height, "{height}:\n{text}");
        assert_eq!(without_colours(&figure.coloured_text(width, height)), text);
    }
    let words = figure.words();
    assert!(
        words.contains("unit 3: first 0.25 at 1949-01, last 1 at 1949-04"),
        "{words}"
    );
}

#[test]
fn a_table_says_its_ends_and_what_it_leaves_out() {
    let small = heat_figure(&[0.5, -2.0, f64::NAN, 1.0]);
    let svg = small.svg(Theme::Light);
    for text in [">w_hh<", ">−2.00<", ">2.00<", ">values from −2.00 to 1.00<"] {
        assert_eq!(svg.matches(text).count(), 1, "{text}");
    }
    let words = "w_hh\nlayer 1 <lstm 4>\n1 row, 4 columns\ncolumns: i 3, 模型 1000\n\
                 lowest: -2 in row 模型, column 2\nhighest: 1 in row 模型, column 4\n";
    assert_eq!(small.words(), words);
    let large = heat_figure(&vec![1.0; 140_000]).svg(Theme::Light);
    assert!(large.contains("farthest from 0 of 4 × 4<"));
}

#[test]
fn what_is_not_above_zero_is_a_gap_in_a_decay() {
    let lines = |values: &[f64]| {
        let line = Decay { name: "rnn 16", values };
        decay_figure("", "", ("steps back", 0), "gradient", &[line]).svg(Theme::Light)
    };
    let whole = lines(&[1.0, 1e-3, 1e-6, 1e-9, 1e-12]);
    let broken = lines(&[1.0, 1e-3, 0.0, 1e-9, 1e-12]);
    let series = |svg: &str| svg.matches("stroke-width=\"2\"").count();
    assert_eq!((series(&whole), series(&broken)), (1, 2));
    assert!(whole.contains(">1e−7<"), "{whole}");
}
