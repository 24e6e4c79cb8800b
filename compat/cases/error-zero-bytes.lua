-- Zero bytes in an error message are kept.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local function told(code)
  local ok, text = case.run("require((...)).set_logger(function() end) " .. code, case.name)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("in the middle", told, "error('a\\0b', 0)")
case.see("first", told, "error('\\0b', 0)")
case.see("raised by assert", told, "assert(nil, 'a\\0\\0b')")
