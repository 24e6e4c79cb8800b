-- `join(0)` sees that a child has ended, however it was started.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local threads, limit = {}, os.time() + 3
for i, mode in ipairs { { false, true }, { false, false }, { true, true } } do
  threads[i] = case.start(case.llthreads.new("return 7"), mode[1], mode[2])
end
for _, thread in ipairs(threads) do
  case.see(("%s, %s"):format(tostring(thread:detached()), tostring(thread:joinable())), function()
    local ok, value
    repeat ok, value = thread:join(0) until ok ~= nil or os.time() >= limit
    return ok, value
  end)
end
