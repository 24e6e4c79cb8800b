-- `version()` gives integers, and `_VERSION` the same as text.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("version")

local major, minor, patch, comment = case.llthreads.version()
local kind = math.type or type
case.see("major, minor, patch", function() return kind(major), kind(minor), kind(patch) end)
case.see("_VERSION is that", function()
  return case.llthreads._VERSION == table.concat({ major, minor, patch }, ".") .. (comment and "-" .. comment or "")
end)
