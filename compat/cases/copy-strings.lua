-- A string is copied with all its bytes, whatever its length.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local function echo(...) return select(2, assert(case.run("return ...", ...))) end

local bytes = {}
for byte = 0, 255 do bytes[#bytes + 1] = string.char(byte) end
local all = table.concat(bytes)

case.see("all bytes", function() return echo(all) == all end)
case.see("zeros", echo, "\0", "a\0b", "\0\0", "")
for _, length in ipairs { 1, 39, 40, 41, 255, 256, 1023, 1024, 1025, 65536, 1000001 } do
  local text = all:rep(math.floor(length / 256) + 1):sub(1, length)
  case.see(length .. " bytes", function() return echo(text) == text, echo({ [text] = { text } })[text][1] == text end)
end
case.see("length in the child", case.run, "return #...", all)
