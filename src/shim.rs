//! The Lua API as the rest of the crate sees it: one Lua, the newest.
//!
//! This is the only file with `cfg(feature = "lua..")`. mlua's `ffi` lifts older versions' functions to the newest
//! names; here stands what differs beyond names.

pub use mlua::ffi::*;
use std::os::raw::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// The warnings of a state, as `luaL_newstate` sets them up: to stderr, if a `warn("@on")` said so.
#[cfg(any(feature = "lua54", feature = "lua55"))]
mod warnings {
    use super::*;
    use crate::os::write_stderr;
    use std::ffi::CStr;

    /// Does what a control message says. Whether it was one.
    unsafe fn control(L: *mut lua_State, message: &[u8], more: c_int) -> bool {
        // SAFETY: Called by Lua, with the state.
        unsafe {
            match message {
                [b'@', ..] if more != 0 => return false,
                b"@on" => lua_setwarnf(L, Some(on), L.cast()),
                b"@off" => lua_setwarnf(L, Some(off), L.cast()),
                [b'@', ..] => {}
                _ => return false,
            }
        }
        true
    }

    pub unsafe extern "C-unwind" fn off(L: *mut c_void, message: *const c_char, more: c_int) {
        // SAFETY: Called by Lua, with a message that ends in a zero.
        unsafe { control(L.cast(), CStr::from_ptr(message).to_bytes(), more) };
    }

    pub unsafe extern "C-unwind" fn on(L: *mut c_void, message: *const c_char, more: c_int) {
        // SAFETY: As for `off`.
        unsafe {
            if !control(L.cast(), CStr::from_ptr(message).to_bytes(), more) {
                write_stderr(b"Lua warning: ");
                go_on(L, message, more);
            }
        }
    }

    unsafe extern "C-unwind" fn go_on(L: *mut c_void, message: *const c_char, more: c_int) {
        // SAFETY: As for `off`.
        unsafe {
            write_stderr(CStr::from_ptr(message).to_bytes());
            if more == 0 {
                write_stderr(b"\n");
            }
            lua_setwarnf(L.cast(), Some(if more == 0 { on } else { go_on }), L);
        }
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

/// Where in a table the size of its array part stands; 0 if that is not known.
static ARRAY_SIZE_AT: AtomicUsize = AtomicUsize::new(0);

/// LuaJIT has a slot for the index 0 there, before the others.
const NO_INDEX: u32 = if cfg!(feature = "luajit") { 1 } else { 0 };

/// The size of the array part of the table at `idx`, if it stands at `place`.
unsafe fn array_size(L: *mut lua_State, idx: c_int, place: usize) -> u32 {
    // SAFETY: `place` is in the table and aligned, as `learn_tables` sees to.
    unsafe { lua_topointer(L, idx).cast::<u8>().add(place).cast::<u32>().read() }
}

/// Notes for [`array_part`] where a table keeps the size of its array part, if it is where this Lua's sources have it:
/// no API function tells, and only what is in there is met by `lua_next` first and in order. Raises.
///
/// # Safety
/// Called from a C function; a stack slot is free.
pub unsafe fn learn_tables(L: *mut lua_State) {
    const WORD: usize = size_of::<usize>();
    const PLACES: &[usize] = if cfg!(feature = "luajit") {
        &[24, 48] // 32 bit links, then 64 bit: the former's tables end before the latter's place
    } else if cfg!(feature = "lua51") {
        &[7 * WORD]
    } else {
        &[WORD + 4]
    };
    // SAFETY: The caller lets it raise, and nothing here has a destructor. Tables are longer than that.
    unsafe {
        let shows = |place: usize| {
            [0, 3, 37, 1000].into_iter().all(|size: u32| {
                lua_createtable(L, size as c_int, 37);
                let mut shows = array_size(L, -1, place) == if size == 0 { 0 } else { size + NO_INDEX };
                if size == 3 {
                    for i in 1..=100 {
                        lua_pushboolean(L, 1);
                        lua_rawseti(L, -2, i);
                    }
                    shows &= (64..=128 + NO_INDEX).contains(&array_size(L, -1, place));
                }
                lua_pop(L, 1);
                shows
            })
        };
        let place = PLACES.iter().copied().find(|&place| shows(place)).unwrap_or(0);
        ARRAY_SIZE_AT.store(place, Ordering::Relaxed);
    }
}

/// How many indices of the table at `idx`, from 1 on, are in its array part for sure, so that `lua_next` gives those
/// with a value first and in order.
///
/// # Safety
/// `idx` is absolute and the value there a table; a stack slot is free.
pub unsafe fn array_part(L: *mut lua_State, idx: c_int) -> u32 {
    let place = ARRAY_SIZE_AT.load(Ordering::Relaxed);
    if place == 0 {
        return 0;
    }
    // SAFETY: As the caller says.
    unsafe {
        let size = array_size(L, idx, place).saturating_sub(NO_INDEX);
        if NO_INDEX != 0 && size != 0 {
            lua_rawgeti(L, idx, 0);
            let comes_first = lua_isnil(L, -1) == 0;
            lua_pop(L, 1);
            if comes_first {
                return 0;
            }
        }
        size
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

cfg_if::cfg_if! {
    if #[cfg(any(feature = "lua51", feature = "luajit"))] {
        static CALL: u8 = 0;
        static PACKAGE: u8 = 0;
        static PROBE: u8 = 0;

        struct Call {
            f: lua_CFunction,
            arg: *mut c_void,
        }

        /// Calls `f(arg)` protected, at the base level of a state that nothing runs in: leaves `results` values, or
        /// one error message.
        ///
        /// # Safety
        /// Three stack slots are free.
        pub unsafe fn protect(L: *mut lua_State, f: lua_CFunction, arg: *mut c_void, results: c_int) -> c_int {
            // Here even pushing a C function allocates and can raise: it is made inside of `lua_cpcall`, which takes
            // no results out, and fetched from the registry, which raises nothing.
            unsafe extern "C-unwind" fn anchor(L: *mut lua_State) -> c_int {
                // SAFETY: The argument is the `Call` below; what raises here is caught by `lua_cpcall`.
                unsafe {
                    let call = &*lua_touserdata(L, 1).cast::<Call>();
                    lua_pushlightuserdata(L, call.arg); // LuaJIT makes room for the address: now, not below
                    lua_pushcfunction(L, call.f);
                    lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const CALL).cast());
                }
                0
            }
            let mut call = Call { f, arg };
            // SAFETY: `call` outlives `lua_cpcall`; reading a known key of the registry and pushing a known address
            // raise nothing.
            unsafe {
                let status = lua_cpcall(L, anchor, (&raw mut call).cast());
                if status != LUA_OK {
                    return status;
                }
                lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const CALL).cast());
                lua_pushlightuserdata(L, arg);
                lua_pcall(L, 1, results, 0)
            }
        }

        /// Notes for [`plain_function`] what a plain function looks like in this state. Raises.
        ///
        /// # Safety
        /// Called from a C function; four stack slots are free.
        pub unsafe fn learn_functions(L: *mut lua_State) {
            // SAFETY: The caller lets it raise, and nothing here has a destructor.
            unsafe {
                // What C modules define lives in the environment of `package`, whose loaders opened them.
                lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
                if lua_istable(L, -1) != 0 {
                    lua_pushstring(L, c"package".as_ptr());
                    lua_rawget(L, -2);
                    lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const PACKAGE).cast());
                }
                lua_pop(L, 1);
                #[cfg(feature = "luajit")]
                {
                    for _ in 0..PROBE_UPVALUES {
                        lua_pushnil(L);
                    }
                    lua_pushcclosure(L, probe, PROBE_UPVALUES);
                    lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const PROBE).cast());
                }
                let _ = &raw const PROBE;
            }
        }

        /// The C function at `idx` if its address is all there is to it: no upvalues, no environment of its own, no
        /// built-in of LuaJIT (those find themselves by more than their address).
        ///
        /// # Safety
        /// The value at `idx`, an absolute index, is a function; two stack slots are free; [`learn_functions`] ran in
        /// this state.
        pub unsafe fn plain_function(L: *mut lua_State, idx: c_int) -> Option<lua_CFunction> {
            // SAFETY: Reading raises nothing: the registry's keys are there already.
            unsafe {
                let function = lua_tocfunction(L, idx)?;
                if !lua_getupvalue(L, idx, 1).is_null() {
                    lua_pop(L, 1);
                    return None;
                }
                lua_getfenv(L, idx);
                lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const PACKAGE).cast());
                let plain = lua_rawequal(L, -1, -2) != 0 || lua_rawequal(L, -2, LUA_GLOBALSINDEX) != 0;
                lua_pop(L, 2);
                (plain && !built_in(L, idx)).then_some(function)
            }
        }

        cfg_if::cfg_if! {
            if #[cfg(feature = "luajit")] {
                const PROBE_UPVALUES: c_int = 37;

                unsafe extern "C-unwind" fn probe(_: *mut lua_State) -> c_int {
                    0
                }

                /// Whether the C function at `idx` is one of LuaJIT's own. Its header says so, in a byte that no API
                /// function gives: where that byte stands is found on a function of ours, and where it can't be
                /// found every function counts as built-in.
                unsafe fn built_in(L: *mut lua_State, idx: c_int) -> bool {
                    const FF_C: u8 = 1; // "a C function of a user", right before the number of upvalues
                    // SAFETY: A function object is at least 12 bytes long and alive, being on the stack and in the
                    // registry.
                    unsafe {
                        lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const PROBE).cast());
                        let known = lua_topointer(L, -1).cast::<u8>();
                        let asked = lua_topointer(L, idx).cast::<u8>();
                        lua_pop(L, 1);
                        if known.is_null() || asked.is_null() {
                            return true;
                        }
                        // A 64 bit link to the next object comes first, or a 32 bit one; then mark and type.
                        [10, 6]
                            .into_iter()
                            .find(|&at| *known.add(at) == FF_C && c_int::from(*known.add(at + 1)) == PROBE_UPVALUES)
                            .is_none_or(|at| *asked.add(at) != FF_C)
                    }
                }
            } else {
                unsafe fn built_in(_: *mut lua_State, _: c_int) -> bool {
                    false
                }
            }
        }

        /// Makes of the error message at 1 the message with traceback. Raises.
        ///
        /// # Safety
        /// Called in a message handler with the message alone on the stack.
        pub unsafe fn append_traceback(L: *mut lua_State) {
            // SAFETY: The handler's caller catches what raises here; nothing has a destructor.
            unsafe {
                lua_getglobal(L, c"debug".as_ptr());
                if lua_istable(L, -1) == 0 {
                    return lua_settop(L, 1);
                }
                lua_getfield(L, -1, c"traceback".as_ptr());
                if lua_isfunction(L, -1) == 0 {
                    return lua_settop(L, 1);
                }
                // LuaJIT's ends the message at its first zero byte: such a message is joined on by us.
                let whole = !bytes(L, 1).contains(&0);
                if whole {
                    lua_pushvalue(L, 1);
                } else {
                    lua_pushstring(L, c"".as_ptr());
                }
                lua_pushinteger(L, 2); // from the function that raised: not `traceback` and the handler
                lua_call(L, 2, 1);
                if lua_type(L, -1) == LUA_TSTRING {
                    if whole {
                        lua_replace(L, 1);
                    } else {
                        lua_replace(L, 2);
                        lua_settop(L, 2);
                        lua_concat(L, 2);
                    }
                }
                lua_settop(L, 1);
            }
        }
    } else {
        /// Calls `f(arg)` protected, at the base level of a state that nothing runs in: leaves `results` values, or
        /// one error message.
        ///
        /// # Safety
        /// Two stack slots are free.
        pub unsafe fn protect(L: *mut lua_State, f: lua_CFunction, arg: *mut c_void, results: c_int) -> c_int {
            // SAFETY: Pushing a C function without upvalues and an address allocates nothing.
            unsafe {
                lua_pushcfunction(L, f);
                lua_pushlightuserdata(L, arg);
                lua_pcall(L, 1, results, 0)
            }
        }

        /// Notes for [`plain_function`] what a plain function looks like in this state: here there is no doubt.
        ///
        /// # Safety
        /// None needed.
        pub unsafe fn learn_functions(_: *mut lua_State) {}

        /// The C function at `idx` if its address is all there is to it: no upvalues.
        ///
        /// # Safety
        /// The value at `idx` is a function; one stack slot is free.
        pub unsafe fn plain_function(L: *mut lua_State, idx: c_int) -> Option<lua_CFunction> {
            // SAFETY: Reading raises nothing.
            unsafe {
                let function = lua_tocfunction(L, idx)?;
                if lua_getupvalue(L, idx, 1).is_null() {
                    return Some(function);
                }
                lua_pop(L, 1);
                None
            }
        }

        /// Makes of the error message at 1 the message with traceback. Raises.
        ///
        /// # Safety
        /// Called in a message handler with the message alone on the stack.
        pub unsafe fn append_traceback(L: *mut lua_State) {
            // SAFETY: The handler's caller catches what raises here; nothing has a destructor.
            unsafe {
                // The message is joined on by us: `luaL_traceback` would end it at its first zero byte.
                lua_pushstring(L, c"\n".as_ptr());
                luaL_traceback(L, L, std::ptr::null(), 1);
                lua_concat(L, 3);
            }
        }
    }
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

#[cfg(all(test, feature = "vendored"))]
mod tests {
    use super::*;

    #[test]
    fn the_array_part_is_found() {
        // SAFETY: A state of its own; nothing here raises while there is memory.
        unsafe {
            let L = luaL_newstate();
            learn_tables(L);
            lua_createtable(L, 50, 0);
            assert_eq!(array_part(L, 1), 50);
            lua_createtable(L, 0, 50);
            assert_eq!(array_part(L, 2), 0);
            lua_close(L);
        }
    }
}
