//! Links that lead nowhere: pages go in, one line for each such link comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Made for addresses that do not exist, so that its own links begin at no folder.
const NOT_FOUND: &str = "404.html";

/// The broken links of a folder of HTML pages: to a file that is not there, or to a
/// place of a page that it does not have. Links to other sites are not followed.
///
/// # Errors
/// Where a page cannot be read.
pub(crate) fn broken_in_book(folder: &Path) -> io::Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    read_pages(folder, &mut pages)?;
    let places: BTreeMap<&Path, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, text)| (path.as_path(), attributes(text, "id").collect()))
        .collect();
    let mut broken = Vec::new();
    for (path, text) in &pages {
        let page = path.strip_prefix(folder).unwrap_or(path).display();
        let links = ["href", "src"].iter().flat_map(|name| attributes(text, name));
        let wrong = links.filter(|link| !leads_somewhere(path, link, &places));
        broken.extend(wrong.map(|link| format!("{page}: `{link}` leads nowhere")));
    }
    Ok(broken)
}

/// The broken links of a Markdown page to files beside it.
///
/// # Errors
/// Where the page cannot be read.
pub(crate) fn broken_in_markdown(root: &Path, page: &str) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(root.join(page))?;
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = links.filter(|link| !is_elsewhere(link));
    let wrong = files.filter(|link| {
        let file = link.split('#').next().unwrap_or(link);
        !root.join(file).exists()
    });
    Ok(wrong.map(|link| format!("{page}: `{link}` leads nowhere")).collect())
}

fn leads_somewhere(
    from: &Path,
    link: &str,
    places: &BTreeMap<&Path, BTreeSet<&str>>,
) -> bool {
    if is_elsewhere(link) {
        return true;
    }
    let (file, place) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => from.to_owned(),
        _ => plain(&from.with_file_name(file)),
    };
    match places.get(target.as_path()) {
        Some(places) => place.is_empty() || places.contains(place),
        None => target.is_file(),
    }
}

fn is_elsewhere(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:")
}

/// A path without `..` and `.`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                plain.push(part);
            }
        }
    }
    plain
}

/// The values of an attribute in a page of HTML: of `href`, `src` or `id`.
fn attributes<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let opening = format!(" {name}=\"");
    let tags = text.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    tags.filter_map(move |tag| {
        let (_, rest) = tag.split_once(&opening)?;
        rest.split('"').next()
    })
}

/// All pages in a folder and those below it, with their text.
fn read_pages(folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_pages(&path, pages)?;
        } else if path.extension().is_some_and(|ending| ending == "html")
            && !path.ends_with(NOT_FOUND)
        {
            let text = fs::read_to_string(&path)?;
            pages.insert(path, text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, link: &str, expected: bool) {
        let mut places = BTreeMap::new();
        places.insert(Path::new("/b/tour.html"), BTreeSet::from(["score-it"]));
        places.insert(Path::new("/b/errors/data.html"), BTreeSet::from(["e4"]));
        assert_eq!(leads_somewhere(Path::new(from), link, &places), expected, "{link}");
    }

    #[test]
    fn links_lead_to_pages_and_to_places_in_them() {
        check("/b/tour.html", "#score-it", true);
        check("/b/tour.html", "#score", false);
        check("/b/tour.html", "errors/data.html#e4", true);
        check("/b/tour.html", "errors/data.html#e5", false);
        check("/b/errors/data.html", "../tour.html", true);
        check("/b/errors/data.html", "./../tour.html#score-it", true);
        check("/b/errors/data.html", "tour.html", false);
        check("/b/tour.html", "https://rustup.rs", true);
        check("/b/tour.html", "no-such-picture.svg", false);
    }

    #[test]
    fn attributes_are_read_from_tags_alone() {
        let text = r##"<a class="x" href="#y">see href="no"</a><h2 id="y">Y</h2>"##;
        assert_eq!(attributes(text, "href").collect::<Vec<_>>(), ["#y"]);
        assert_eq!(attributes(text, "id").collect::<Vec<_>>(), ["y"]);
    }
}
