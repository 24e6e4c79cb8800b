-- A child that fails: `join` gives false and the message.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function told(...)
  local ok, text = case.run(...)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("error", told, "error('boo')")
case.see("without position", told, "error('boo', 0)")
case.see("empty", told, "error('', 0)")
case.see("with lines", told, "error('one\\ntwo\\n', 0)")
case.see("of the language", told, "local t = nil\nreturn t.x")
case.see("of a library", told, "setmetatable(1, 2)")
case.see("after others", told, "pcall(error, 'first') error('second')")
