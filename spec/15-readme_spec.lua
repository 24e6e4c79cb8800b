local helper = require "spec.helper"

describe("the README", function()
  local f = assert(io.open("README.md"))
  local text = f:read("*a")
  f:close()
  local count = 0
  for example in text:gmatch("```lua\n(.-)```") do
    count = count + 1
    -- Before it interrupts, it waits for a child that would never end.
    local limited = example:find("interrupt()", 1, true) and " #D1" or ""
    it("has an example that gives what it says: " .. count .. limited, function()
      local expected = {}
      for line in example:gmatch("%-%-> ([^\n]+)") do expected[#expected + 1] = line:gsub("    ", "\t") .. "\n" end
      local output, rc = helper.process(example)
      assert.same({ table.concat(expected), 0 }, { output, rc })
    end)
  end

  it("has examples", function()
    assert.is_true(count > 3)
  end)

  it("has a row for each departure that a spec is tagged with, and a spec for each row", function()
    local rows, tags = {}, {}
    for number in text:gmatch("\n| D(%d+) |") do rows[tonumber(number)] = true end
    local pipe = assert(io.popen("cat spec/*_spec.lua"))
    for number in pipe:read("*a"):gmatch("#D(%d+)") do tags[tonumber(number)] = true end
    pipe:close()
    assert.same(rows, tags)
    assert.equal(15, #rows)
  end)
end)
