//! Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::{SMALL, carousel, folder};

#[test]
fn ctrl_c_stops_the_training_and_keeps_its_weights() {
    let folder = folder("stops");
    let script = SMALL.replace("epochs 2", "epochs 10000000");
    std::fs::write(folder.join("long.lstm"), format!("help lstm\n{script}")).unwrap();
    let mut command = carousel(&folder, &["long.lstm"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut results = BufReader::new(child.stdout.take().unwrap());
    // The page of `lstm` tells that the handler is there and the script runs.
    let mut text = String::new();
    results.read_line(&mut text).unwrap();
    let kill =
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    results.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{text}");
    assert!(text.contains("weights kept"), "{text}");
}
