-- A `new` that raises leaves nothing behind.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function failing(...)
  assert(not pcall(case.llthreads.new, ...))
end
local deep = {}
for _ = 1, 40 do deep = { deep } end
case.see("code that does not load", case.grows, function() failing("x x") end)
case.see("an argument that can't be copied", case.grows, function() failing("", ("x"):rep(1000), io.stdout) end)
case.see("an argument that is too deep", case.grows, function() failing("", deep) end)
