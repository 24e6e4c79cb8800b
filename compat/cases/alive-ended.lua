-- `alive` is false when the child has ended, and `join` still gets its results.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

local threads, limit = {}, os.time() + 3
for i, mode in ipairs { { false, true }, { false, false }, { true, true } } do
  threads[i] = case.start(case.llthreads.new("return 7, nil"), mode[1], mode[2])
end
for _, thread in ipairs(threads) do
  local given = ("%s, %s"):format(tostring(thread:detached()), tostring(thread:joinable()))
  case.see(given .. ", alive", function()
    while thread:alive() and os.time() < limit do end
    return thread:alive()
  end)
  case.see(given .. ", join", thread.join, thread)
end
