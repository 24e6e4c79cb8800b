//! A host: runs a Lua script on the Lua that is built into the crate, with the modules built in as well.
//!
//!     cargo run --no-default-features --features vendored,lua54 -- SCRIPT [ARG...]
//!
//! It is to its script as `lua` is - `arg`, `...`, the messages of errors -, but has no options, does not look at
//! `LUA_INIT` and loads no C modules from files. The exit status is 1 if the script fails, 2 without a script.

#![allow(non_snake_case)] // `L`, as everywhere
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

use mlua::ffi::*;
use std::ffi::CString;
use std::io::{Write, stderr};
use std::os::raw::c_int;
use std::process::ExitCode;
use std::{env, ptr, slice};

fn main() -> ExitCode {
    // What the system passes has no zero bytes.
    let line: Vec<_> = env::args_os().flat_map(|word| CString::new(word.as_encoded_bytes())).collect();
    let program = line.first().map_or("llthreads2-lua".into(), |name| name.to_string_lossy());
    if line.get(1).is_none_or(|script| script.to_bytes().starts_with(b"-")) {
        let _ = writeln!(stderr(), "usage: {program} SCRIPT [ARG...]");
        return ExitCode::from(2);
    }
    // SAFETY: The state is ours alone. `line` outlives the protected call that reads it, and all that can raise is
    // in there; the message is read before the state is closed.
    unsafe {
        let L = luaL_newstate();
        if L.is_null() {
            let _ = writeln!(stderr(), "{program}: not enough memory");
            return ExitCode::FAILURE;
        }
        lua_pushcfunction(L, run);
        lua_pushlightuserdata(L, (&raw const line).cast_mut().cast());
        let failed = lua_pcall(L, 1, 0, 0) != LUA_OK;
        if failed {
            let message = if lua_type(L, -1) == LUA_TSTRING { text(L, -1) } else { b"(no message)" };
            let _ = stderr().write_all(&[program.as_bytes(), b": ", message, b"\n"].concat());
        }
        lua_close(L);
        if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// The string at `idx`.
///
/// # Safety
/// There is one, and it stays there while the bytes are used.
unsafe fn text<'a>(L: *mut lua_State, idx: c_int) -> &'a [u8] {
    let mut len = 0;
    // SAFETY: Of a string, `lua_tolstring` gives the bytes and raises nothing.
    unsafe { slice::from_raw_parts(lua_tolstring(L, idx, &raw mut len).cast(), len) }
}

/// Called with the command line: opens the libraries, sets `arg`, and runs the script.
unsafe extern "C-unwind" fn run(L: *mut lua_State) -> c_int {
    const HANDLER: c_int = 1;
    // SAFETY: Called by `main`, protected; it keeps the line. Nothing here has a destructor.
    unsafe {
        let line = &*lua_touserdata(L, 1).cast::<Vec<CString>>();
        lua_settop(L, 0);
        luaL_openlibs(L);
        llthreads2::preload(L);

        lua_createtable(L, 0, 0);
        for (at, word) in (-1..).zip(line) {
            lua_pushstring(L, word.as_ptr());
            lua_rawseti(L, -2, at); // the program at -1, the script at 0
        }
        lua_setglobal(L, c"arg".as_ptr());

        lua_pushcfunction(L, traceback);
        if luaL_loadfile(L, line[1].as_ptr()) != LUA_OK {
            lua_error(L);
        }
        let arguments = &line[2..];
        let count = c_int::try_from(arguments.len()).unwrap_or(c_int::MAX);
        luaL_checkstack(L, count, c"too many arguments to script".as_ptr());
        for argument in arguments {
            lua_pushstring(L, argument.as_ptr());
        }
        if lua_pcall(L, count, 0, HANDLER) != LUA_OK {
            lua_error(L);
        }
    }
    0
}

/// Makes of an error value a message with traceback, as `lua` does.
unsafe extern "C-unwind" fn traceback(L: *mut lua_State) -> c_int {
    // SAFETY: Called by Lua with the value alone on the stack; nothing has a destructor.
    unsafe {
        let mut message = lua_tolstring(L, 1, ptr::null_mut());
        if message.is_null() {
            if luaL_callmeta(L, 1, c"__tostring".as_ptr()) != 0 && lua_type(L, -1) == LUA_TSTRING {
                return 1;
            }
            message = lua_pushfstring(L, c"(error object is a %s value)".as_ptr(), luaL_typename(L, 1));
        }
        luaL_traceback(L, L, message, 1);
    }
    1
}
