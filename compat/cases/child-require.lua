-- `require` of the module works in every child, wherever the parent has it from.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local nowhere = "package.path, package.cpath = '', '' "
case.see("from the path", case.run, "return type(require(...).new)", case.name)
case.see("without a path", case.run, nowhere .. "return (pcall(require, ...))", case.name)
case.see("in a grandchild", case.run, [[
  local name, code = ...
  local thread = require(name).new(code, name)
  thread:start()
  return thread:join()
]], case.name, nowhere .. "return (pcall(require, ...))")
case.see("under the name that its parent used", case.run, [[
  package.preload.threads = package.preload[...]
  local found, threads = pcall(require, "threads")
  if not found then return found end
  local thread = threads.new("return (pcall(require, 'threads'))")
  thread:start()
  return thread:join()
]], case.name)
