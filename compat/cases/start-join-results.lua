-- What `join` gives of a child that returns, by how it was started.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

for _, mode in ipairs { { false, true }, { false, false }, { true, false }, { true, true } } do
  local thread = case.start(case.llthreads.new("return 7, 'x'"), mode[1], mode[2])
  case.see(("%s, %s"):format(tostring(mode[1]), tostring(mode[2])), thread.join, thread)
end
