-- A logger is that of its state: neither of its children nor of its parent.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

case.llthreads.set_logger(function() io.write("logger: the parent's\n") end)
case.see("without", case.run, "error('no logger', 0)")
case.see("with", case.run, [[
  require(...).set_logger(function() io.write("logger: the child's\n") end)
  error('a logger', 0)
]], case.name)
case.see("without again", case.run, "error('no logger again', 0)")
