-- The methods but `start` and `join` refuse what is no thread.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local thread = case.llthreads.new("")
local disguised = setmetatable({}, getmetatable(thread) or nil)
for _, name in ipairs { "alive", "started", "detached", "joinable", "interrupt" } do
  local method = thread[name]
  case.see(name .. ", nothing", method)
  case.see(name .. ", nil", method, nil)
  case.see(name .. ", a table", method, {})
  case.see(name .. ", a string", method, "x")
  case.see(name .. ", a file", method, io.stdout)
  case.see(name .. ", a table with its metatable", method, disguised)
  case.see(name .. ", as a method", function() return ({ [name] = method })[name]({}) end)
end
setmetatable(disguised, nil) -- else it is finalized as a thread
