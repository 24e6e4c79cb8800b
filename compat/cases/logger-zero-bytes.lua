-- The logger gets a message with its zero bytes.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

case.see("join", function()
  return (case.run([[
    require((...)).set_logger(function(line) print("bytes of the first line: " .. #line:gsub("\n.*", "")) end)
    error("a\0b", 0)
  ]], case.name))
end)
