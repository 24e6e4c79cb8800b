//! The Lua API as the rest of the crate sees it: one Lua, the newest.
//!
//! This is the only room with `cfg(feature = "lua..")`. mlua's `ffi` lifts older versions' functions to the newest
//! names; here stands what differs beyond names.

mod array;
#[cfg(any(feature = "lua54", feature = "lua55"))]
mod warnings;

cfg_if::cfg_if! {
    if #[cfg(any(feature = "lua51", feature = "luajit"))] {
        mod until51;
        pub use until51::*;
    } else {
        mod since52;
        pub use since52::*;
    }
}

pub use array::*;
pub use mlua::ffi::*;
use std::os::raw::{c_char, c_int, c_void};

/// The Lua this build is for, as its hosts call it.
pub const LUA: &str = if cfg!(feature = "luajit") {
    "LuaJIT"
} else if cfg!(feature = "lua51") {
    "Lua 5.1"
} else if cfg!(feature = "lua52") {
    "Lua 5.2"
} else if cfg!(feature = "lua53") {
    "Lua 5.3"
} else if cfg!(feature = "lua54") {
    "Lua 5.4"
} else {
    "Lua 5.5"
};

/// Whether a value can be a to-be-closed variable.
pub const HAS_CLOSE: bool = cfg!(any(feature = "lua54", feature = "lua55"));

/// How many bytes the small blocks of a state take when its libraries are open and it has run a short chunk (measured,
/// and rounded up).
pub const FRESH_STATE: usize = 512
    * if cfg!(feature = "luajit") {
        75 // with all that a new state asks for
    } else if cfg!(feature = "lua51") {
        40
    } else if cfg!(feature = "lua52") {
        26
    } else if cfg!(feature = "lua53") {
        33
    } else {
        29
    };

/// Whether a state that can't be made for lack of memory takes the process down: LuaJIT frees parts that it has not made.
pub const NEW_STATE_CRASHES: bool = cfg!(feature = "luajit");

/// A new state with an allocator of its own, otherwise as `luaL_newstate` makes it; but it has no panic function, as
/// there is no way to one (Rule 3). Null when there is no memory, or this Lua takes no allocator but its own.
///
/// # Safety
/// `f` and `ud` serve as allocator until the state is closed.
pub unsafe fn new_state(f: lua_Alloc, ud: *mut c_void) -> *mut lua_State {
    // SAFETY: As the caller says.
    unsafe {
        #[cfg(not(feature = "lua55"))]
        let L = lua_newstate(f, ud);
        #[cfg(feature = "lua55")]
        let L = lua_newstate(f, ud, luaL_makeseed_(std::ptr::null_mut()));
        #[cfg(any(feature = "lua54", feature = "lua55"))]
        if !L.is_null() {
            let f = if cfg!(feature = "lua54") { warnings::off } else { warnings::on };
            lua_setwarnf(L, Some(f), L.cast());
        }
        L
    }
}

/// Where the hook of an interrupt is called. LuaJIT's compiled loops that call what can't be compiled are back in the
/// interpreter for that call only.
pub const STRIKES_AT: c_int = LUA_MASKCOUNT | if cfg!(feature = "luajit") { LUA_MASKCALL } else { 0 };

/// Turns LuaJIT's compiler off and forgets what it has compiled. Raises.
///
/// # Safety
/// Called where raising is allowed; three stack slots are free.
pub unsafe fn compile_nothing(L: *mut lua_State) {
    #[cfg(feature = "luajit")]
    // SAFETY: The caller lets it raise.
    unsafe {
        lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
        for function in [c"off", c"flush"] {
            lua_getfield(L, -1, c"jit".as_ptr());
            lua_getfield(L, -1, function.as_ptr());
            lua_call(L, 0, 0);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    let _ = L;
}

/// A number as Lua keeps it.
pub enum Number {
    #[allow(dead_code)] // before 5.3 there is but one kind
    Integer(i64),
    Float(f64),
}

/// The number at `idx`.
///
/// # Safety
/// The value at `idx` is a number.
pub unsafe fn number(L: *mut lua_State, idx: c_int) -> Number {
    // SAFETY: Neither call raises on a number.
    unsafe {
        #[cfg(any(feature = "lua53", feature = "lua54", feature = "lua55"))]
        if lua_isinteger(L, idx) != 0 {
            return Number::Integer(lua_tointegerx(L, idx, std::ptr::null_mut()));
        }
        Number::Float(lua_tonumber(L, idx))
    }
}

/// Whether the value at `idx` is the number `n`.
///
/// # Safety
/// `idx` is valid.
pub unsafe fn is_index(L: *mut lua_State, idx: c_int, n: u32) -> bool {
    // SAFETY: Neither call raises on a number.
    unsafe {
        #[cfg(any(feature = "lua53", feature = "lua54", feature = "lua55"))]
        return lua_isinteger(L, idx) != 0 && lua_tointegerx(L, idx, std::ptr::null_mut()) == lua_Integer::from(n);
        #[cfg(not(any(feature = "lua53", feature = "lua54", feature = "lua55")))]
        return lua_type(L, idx) == LUA_TNUMBER && lua_tonumber(L, idx) == f64::from(n);
    }
}

/// Stops the collector. Whether it ran: Lua 5.1 does not tell, so there it is left alone.
///
/// # Safety
/// `L` is a state that the caller owns.
pub unsafe fn stop_collector(L: *mut lua_State) -> bool {
    #[cfg(feature = "luajit")]
    const LUA_GCISRUNNING: c_int = 9; // mlua does not name it
    // SAFETY: Neither call raises.
    unsafe {
        #[cfg(feature = "lua51")]
        let runs = false;
        #[cfg(not(feature = "lua51"))]
        let runs = lua_gc(L, LUA_GCISRUNNING, 0) != 0;
        if runs {
            lua_gc(L, LUA_GCSTOP, 0);
        }
        runs
    }
}

/// Opens the standard libraries. Raises.
///
/// # Safety
/// Called in a C function of a new state.
pub unsafe fn open_libraries(L: *mut lua_State) {
    #[cfg(not(feature = "lua51"))]
    // SAFETY: Raising is allowed.
    unsafe {
        luaL_openlibs(L);
    }
    // 5.1 marks stdout and its like as not to be closed only after steps that can raise: the close of a state where
    // memory ran out in between would close the host's own.
    #[cfg(feature = "lua51")]
    // SAFETY: Raising is allowed, and nothing has a destructor. Where files are, the names are known strings, for
    // which no memory is needed.
    unsafe {
        unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
            // SAFETY: Called protected.
            unsafe { luaL_openlibs(L) };
            0
        }
        lua_pushcfunction(L, open);
        if lua_pcall(L, 0, 0, 0) != LUA_OK {
            lua_getfield(L, LUA_REGISTRYINDEX, c"FILE*".as_ptr());
            if lua_istable(L, -1) != 0 {
                lua_pushnil(L);
                lua_setfield(L, -2, c"__gc".as_ptr());
            }
            lua_pop(L, 1);
            lua_error(L);
        }
    }
}

/// The Lua that runs, read off a chunk dumped by it: the one thing that neither user code nor a header can change.
/// `None` when there is no memory for it.
///
/// # Safety
/// `L` is a state, of whatever Lua; two stack slots are free.
pub unsafe fn host(L: *mut lua_State) -> Option<&'static str> {
    unsafe extern "C-unwind" fn keep(_: *mut lua_State, piece: *const c_void, size: usize, head: *mut c_void) -> c_int {
        // SAFETY: `head` is the `Head` below; `piece` has `size` bytes.
        unsafe {
            let head = &mut *head.cast::<Head>();
            let room = size.min(head.bytes.len() - head.filled);
            std::ptr::copy_nonoverlapping(piece.cast(), head.bytes.as_mut_ptr().add(head.filled), room);
            head.filled += room;
        }
        0
    }
    struct Head {
        bytes: [u8; 5],
        filled: usize,
    }
    let mut head = Head { bytes: [0; 5], filled: 0 };
    // SAFETY: Loading an empty chunk is protected, dumping a Lua function raises nothing.
    unsafe {
        if luaL_loadbuffer(L, c"".as_ptr(), 0, c"=".as_ptr()) != LUA_OK {
            lua_pop(L, 1);
            return None;
        }
        lua_dump(L, keep, (&raw mut head).cast(), 0);
        lua_pop(L, 1);
    }
    // No memory for the dump.
    if head.filled < head.bytes.len() {
        return None;
    }
    Some(match &head.bytes {
        [0x1b, b'L', b'J', ..] => "LuaJIT",
        [0x1b, b'L', b'u', b'a', 0x51] => "Lua 5.1",
        [0x1b, b'L', b'u', b'a', 0x52] => "Lua 5.2",
        [0x1b, b'L', b'u', b'a', 0x53] => "Lua 5.3",
        [0x1b, b'L', b'u', b'a', 0x54] => "Lua 5.4",
        [0x1b, b'L', b'u', b'a', 0x55] => "Lua 5.5",
        _ => "another Lua",
    })
}

/// How many hexadecimal digits `%p` writes at least.
pub fn address_digits(address: usize) -> usize {
    if cfg!(feature = "luajit") {
        let significant = (usize::BITS - address.leading_zeros()).div_ceil(8) as usize;
        (2 * significant).max(8) // whole bytes
    } else {
        1
    }
}

/// The string at `idx`, as bytes.
///
/// # Safety
/// The value at `idx` is a string, and stays where it is while the bytes are used.
pub unsafe fn bytes<'a>(L: *mut lua_State, idx: c_int) -> &'a [u8] {
    let mut len = 0;
    // SAFETY: Of a string, `lua_tolstring` gives the bytes and raises nothing.
    unsafe { std::slice::from_raw_parts(lua_tolstring(L, idx, &raw mut len).cast(), len) }
}

/// Pushes `text`. Raises when there is no memory.
///
/// # Safety
/// Called where raising is allowed; one stack slot is free.
pub unsafe fn push_bytes(L: *mut lua_State, text: &[u8]) {
    // SAFETY: Lua copies `len` bytes.
    unsafe { lua_pushlstring(L, text.as_ptr().cast::<c_char>(), text.len()) };
}
