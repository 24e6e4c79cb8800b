-- A result that can't be copied becomes a text of its type and address, wherever it is.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

case.see("a function", case.run, "return function() end")
case.see("a userdata", case.run, "return io.stdout")
case.see("a coroutine", case.run, "return coroutine.create(function() end)")
case.see("in a table", function()
  local _, t = case.run("return { 1, { function() end }, 3 }")
  return t[1], t[2][1], t[3]
end)
case.see("as a key", function()
  local _, t = case.run("return { [io.stdout] = 'value' }")
  return next(t)
end)
case.see("among others", case.run, "return 1, io.stdout, nil, 'x', nil")
case.see("is the address in the child", function()
  local _, text, seen = case.run("local f = function() end return f, tostring(f)")
  return text == "Un-supported value: " .. seen
end)
if jit then case.see("a cdata", case.run, "return (require 'ffi'.new('int', 1))") end
