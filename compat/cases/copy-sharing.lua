-- The same table reached twice, by one value or by two of one call, is one table on the other side.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function echo(...) return select(2, assert(case.run("return ...", ...))) end

local shared = { "shared" }
local child = "local a, b, c = ... return a == b, a == c[1], a == c.x.y, a == next(c.keys)"
local other = { shared, x = { y = shared }, keys = { [shared] = true } }

case.see("in the child", case.run, child, shared, shared, other)
case.see("back", function()
  local a, b, c = echo(shared, shared, other)
  return a == b, a == c[1], a == c.x.y, a == next(c.keys), a[1]
end)
case.see("made in the child", function()
  local _, a, b = case.run("local t = {} return t, { t, t }")
  return a == b[1], b[1] == b[2]
end)
case.see("equal ones stay two", case.run, "local a, b = ... return a == b", {}, {})
case.see("but not by two calls", function() return echo(shared) == echo(shared) end)
