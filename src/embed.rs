//! The modules for a program with Lua built in: nothing is looked for on disk, in no state.
//!
//! Children know a module from the table of loaders that their parent hands down, so all that is preloaded is noted
//! there. That table takes plain C functions: the `ex` modules, written in Lua, are C functions that load their source.

use crate::api;
use crate::shim::*;
use std::os::raw::c_int;

/// Preloads the modules whose entries are `llthreads2` and `llthreads`, and their `ex`, for `L` and its children.
///
/// # Safety
/// As for the crate's own `preload`.
pub unsafe fn preload(L: *mut lua_State, llthreads2: lua_CFunction, llthreads: lua_CFunction) {
    let loaders = [
        (c"llthreads2", llthreads2),
        (c"llthreads", llthreads),
        (c"llthreads2.ex", open_ex),
        (c"llthreads.ex", open_ex),
    ];
    // SAFETY: Raising is allowed, and nothing has a destructor.
    unsafe {
        luaL_checkstack(L, 8, c"no room to preload llthreads2".as_ptr());
        let top = lua_gettop(L);
        luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
        lua_getfield(L, -1, c"package".as_ptr());
        if lua_istable(L, -1) == 0 {
            luaL_error(L, c"llthreads2: the library 'package' is not open".as_ptr());
        }
        luaL_getsubtable(L, -1, c"preload".as_ptr());
        let preload = lua_gettop(L);
        api::push_modules(L);
        for (name, loader) in loaders {
            lua_pushcfunction(L, loader);
            lua_pushvalue(L, -1);
            lua_setfield(L, preload, name.as_ptr());
            lua_setfield(L, -2, name.as_ptr());
        }
        lua_settop(L, top);
    }
}

/// The entry of `require "llthreads2.ex"`: runs the source that is built in.
unsafe extern "C-unwind" fn open_ex(L: *mut lua_State) -> c_int {
    const SOURCE: &str = include_str!("lua/llthreads2/ex.lua");
    // SAFETY: A C function called by Lua; nothing has a destructor.
    unsafe {
        let arguments = lua_gettop(L);
        if luaL_loadbuffer(L, SOURCE.as_ptr().cast(), SOURCE.len(), c"@llthreads2/ex.lua".as_ptr()) != LUA_OK {
            lua_error(L);
        }
        lua_insert(L, 1);
        lua_call(L, arguments, 1);
    }
    1
}
