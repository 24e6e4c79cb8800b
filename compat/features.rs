//! The choice of Lua: exactly one, or a message that says so.

use assert_cmd::Command;

/// What cargo says of building this crate with `arguments`; it must fail.
fn refusal(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--lib", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(["--target-dir", concat!(env!("CARGO_TARGET_TMPDIR"), "/features")])
        .args(arguments)
        .assert()
        .failure();
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

#[test]
fn without_a_lua_the_build_says_what_to_choose() {
    let message = refusal(&[]);
    assert!(message.contains("choose exactly one Lua, for example `--features lua54`"), "{message}");
    assert!(message.contains("chosen: none"), "{message}");
}

#[test]
fn with_two_luas_the_build_says_that_they_exclude_each_other() {
    let message = refusal(&["--features", "lua53,lua54"]);
    // mlua's own build script may come first.
    let ours = message.contains("choose exactly one Lua") && message.contains("chosen: lua53, lua54");
    assert!(ours || message.contains("only one of the features"), "{message}");
}

#[test]
fn without_a_source_of_symbols_the_build_says_what_to_choose() {
    let message = refusal(&["--no-default-features", "--features", "lua54"]);
    let ours = message.contains("choose one of `module` (the default) and `vendored`");
    assert!(ours || message.contains("cannot find Lua"), "{message}");
}
