-- The logger of a detached child is told, in the child's thread, though nobody joins it.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local path = case.path()
case.start(case.llthreads.new(case.flags .. [[
  local name, path = ...
  require(name).set_logger(function(line)
    print((line:gsub("\n.*", "")))
    set(path)
  end)
  error("boo", 0)
]], case.name, path), true)
case.see("told", case.wait, path)
