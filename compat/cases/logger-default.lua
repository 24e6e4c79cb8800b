-- Without a logger the line goes to stderr, and nothing to stdout.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function told(...)
  local ok, text = case.run(...)
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("an error", told, "error('boo')")
case.see("two lines", told, "error('one\\nand another', 0)")
case.see("a thread that is not joined", function()
  case.start(case.llthreads.new("error('not joined', 0)"))
  collectgarbage()
  collectgarbage()
end)
