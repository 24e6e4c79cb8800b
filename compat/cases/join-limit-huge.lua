-- A limit that is huge or infinite is none.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("alive")

for _, limit in ipairs { "1e10", "1e18", "1e300", "huge" } do
  local thread = case.start(case.llthreads.new("local t = os.clock() while os.clock() - t < 0.03 do end return 7"))
  case.see(limit, thread.join, thread, tonumber(limit) or math.huge)
end
