-- The traceback is that of `debug.traceback`, from the function that raised to the main chunk.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("functions of all kinds", case.run, [[
  local t = {}
  local function inner() error("boo") end
  function t.field() inner() end
  function t:method() t.field() end
  function global() t:method() end
  global()
]])
case.see("through C functions", case.run, "return (('x'):gsub('x', function() error('boo') end))")
case.see("a tail call", case.run, "local function f() error('boo') end\nlocal function g() return f() end\ng()")
case.see("a long one", case.run, "local function f(n) if n == 0 then error('boo') end f(n - 1) return n end f(40)")
case.see("of a coroutine", case.run, "local f = coroutine.wrap(function() error('boo') end)\nf()")
case.see("raised again", case.run, "local ok, err = pcall(error, 'boo')\nerror(err)")
