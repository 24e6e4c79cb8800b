-- A C function is copied, there and back.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local new, f = case.llthreads.new, case.llthreads.version or case.llthreads.new

case.see("new", new, "", f)
case.see("nested", new, "", { f })
if pcall(new, "", f) then
  case.see("in the child", case.run, "return type(...)", f)
  case.see("called in the child", case.run, "return type((...)())", f)
  case.see("in a table", case.run, "return type((...).f())", { f = f })
  case.see("back", function()
    local _, copy = case.run("return ...", f)
    return type(copy), type((copy()))
  end)
end
