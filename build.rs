//! Checks the choice of Lua, and says how the shared object is linked.

use std::env;

const LUAS: [&str; 6] = ["lua51", "lua52", "lua53", "lua54", "lua55", "luajit"];

fn enabled(feature: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some()
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let chosen: Vec<_> = LUAS.into_iter().filter(|lua| enabled(lua)).collect();
    if chosen.len() != 1 {
        println!(
            "cargo::error=choose exactly one Lua, for example `--features lua54`; the features are {}; chosen: {}",
            LUAS.join(", "),
            if chosen.is_empty() { "none".into() } else { chosen.join(", ") }
        );
    }
    if enabled("module") == enabled("vendored") {
        println!("cargo::error=choose one of `module` (the default) and `vendored` (with --no-default-features)");
    }
    match env::var("CARGO_CFG_TARGET_OS").unwrap_or_default().as_str() {
        "windows" => {}
        // The host brings Lua's symbols.
        "macos" | "ios" => println!("cargo::rustc-cdylib-link-arg=-Wl,-undefined,dynamic_lookup"),
        // Threads outlive `lua_close`, which unloads modules.
        _ => println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete"),
    }
}
