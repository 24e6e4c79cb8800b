-- A number as error is its string.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function told(...)
  local ok, text = case.run(...)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("an integer", told, "error(12)")
case.see("without position", told, "error(12, 0)")
case.see("with a fraction", told, "error(1.5)")
case.see("a big one", told, "error(2 ^ 53)")
