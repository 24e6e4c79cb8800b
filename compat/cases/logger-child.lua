-- The logger of a child gets one line, with the text that `join` gives then.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local path = case.path()
local ok, text = case.run([[
  local name, path = ...
  require(name).set_logger(function(...)
    local f = assert(io.open(path, "wb"))
    f:write(select("#", ...), " ", (...))
    f:close()
  end)
  error("boo")
]], case.name, path)
local f = assert(io.open(path, "rb"))
local line = f:read("*a")
f:close()

case.see("join", function() return ok, text end)
case.see("logger", function() return line end)
case.see("the same text", function()
  return line:gsub("^1 Error from thread: ", "") == text:gsub("^Error from child thread: ", "")
end)
