-- What `join` gives of a child that fails, by how it was started.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

for _, mode in ipairs { { false, true }, { false, false }, { true, true } } do
  local given = ("%s, %s"):format(tostring(mode[1]), tostring(mode[2]))
  local closed = case.path()
  local code = "local given, first, closed = ... assert((loadstring or load)(first))(closed) error(given, 0)"
  local on_close = case.flags .. "local closed = ... on_close(function() set(closed) end)"
  local thread = case.start(case.llthreads.new(code, given, on_close, closed), mode[1], mode[2])
  case.see(given, thread.join, thread)
  case.see(given .. ", closed", case.wait, closed)
end
