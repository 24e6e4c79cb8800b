-- On LuaJIT a child has `bit`, `jit`, and `ffi` for `require`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("bit", case.run, "return type(bit), bit and bit.bor(8, 1)")
case.see("jit", case.run, "return type(jit), jit and (jit.status())")
case.see("ffi is no global", case.run, "return rawget(_G, 'ffi')")
case.see("ffi is preloaded", case.run, "return type(package.preload.ffi), package.loaded.ffi")
case.see("ffi", case.run, "if jit then return require('ffi').sizeof('int32_t') end")
