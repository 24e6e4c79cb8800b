-- Random graphs of values, there and back. LLTHREADS_SEED and LLTHREADS_SECONDS: see spec/random.lua.
local helper = require "spec.helper"
local random = require "spec.random"
local llthreads, pack, unpack = helper.llthreads, helper.pack, random.unpack
if jit then jit.off(true, true) end -- see spec/random.lua

-- Tables that are as many have no contents deeper than 30.
local MOST = 29

local function same(here, there, renamed)
  local difference = random.difference(here, there, renamed)
  if difference then error(difference, 0) end
end

-- What the child of `code` gets from `values` and returns, when it is started in this way.
local function results(code, values, ...)
  local function check(ok, ...)
    if not ok then error(tostring((...)), 0) end
    return pack(...)
  end
  return check(llthreads.new(code, unpack(values, 1, values.n)):start(...):join())
end

describe("random values", function()
  it("come back from a child as they went", function()
    random.cases(function(draw)
      local values = random.values(draw, MOST)
      same(values, results("return ...", values))
    end)
  end)

  it("come back from a child that has closed its own state #D15", function()
    random.cases(function(draw)
      local values = random.values(draw, MOST)
      same(values, results("return ...", values, true, true))
    end)
  end)

  it("come back as an error value #D3", function()
    local code = ("require %q.set_logger(function() end) error((...))"):format(helper.name)
    random.cases(function(draw)
      local values = random.values(draw, MOST - 1)
      local ok, message, value = llthreads.new(code, values):start(draw(2) == 1, true):join()
      assert(ok == false and message:find("^Error from child thread: %(error object is a table value%)"), message)
      same(values, value)
    end)
  end)

  it("are in the child what they are here", function()
    -- The child draws the same ones: else one way could undo what the other does.
    local code = [[
      local seed, most, lights = ...
      local random = require "spec.random"
      random.lights = lights
      local values = random.values(random.new(seed), most)
      return random.difference(values, { n = select("#", ...) - 3, select(4, ...) }) or "same"
    ]]
    random.cases(function(draw, seed)
      local values = random.values(draw, MOST)
      local child = llthreads.new(code, seed, MOST, random.lights, unpack(values, 1, values.n))
      same({ n = 2, true, "same" }, pack(child:start():join()))
    end)
  end)
end)

describe("random values with some that can't be copied", function()
  local strewn = { function() end, io.stdout, coroutine.create(function() end), ("x"):gmatch(".") }
  local bad = {}
  for _, value in ipairs(strewn) do bad[value] = true end

  -- What `new` raises for these arguments, by the order in which `next` goes through them.
  local function refusal(values)
    local met = {}
    local function look(value, depth)
      if depth > 30 then return "Hit maximum copy depth (31 > 30)." end
      if bad[value] then return "(function/userdata/thread types un-supported.)" end
      if type(value) ~= "table" or met[value] then return nil end
      met[value] = true
      for key, inside in next, value do
        local found = look(key, depth + 1) or look(inside, depth + 1)
        if found then return found end
      end
    end
    for i = 1, values.n do
      local found = look(values[i], 1)
      if found then return found, i + 1 end
    end
  end

  it("are refused, by the place of the first; and so are those too deep #D2 #D6", function()
    random.cases(function(draw)
      local values = random.values(draw, MOST, draw(2) == 1 and strewn or nil)
      for _ = 1, draw(2) == 1 and 15 + draw(15) or 0 do values[1] = { values[1] } end
      local expected, place = refusal(values)
      local ok, err = pcall(llthreads.new, "return", unpack(values, 1, values.n))
      if not expected then return assert(ok, err) end
      assert(not ok, "is not refused")
      assert(err:find(expected, 1, true), err)
      assert(err:find("depth", 1, true) or err:find("bad argument #" .. place, 1, true), err)
    end)
  end)

  it("come back with strings in their place", function()
    -- The child puts what can't be copied in the place of marks, and says what each is called.
    local code = [[
      local marks = { "\0function", "\0other function", "\0userdata", "\0thread" }
      debug.setmetatable(io.stdin, nil) -- now `tostring` gives its address
      local values = { function() return 1 end, function() return 2 end, io.stdin, coroutine.create(function() end) }
      local put, renamed = {}, {}
      for i, mark in ipairs(marks) do
        put[mark], renamed[mark] = values[i], "Un-supported value: " .. tostring(values[i])
      end
      local met = {}
      local function replace(value)
        if type(value) ~= "table" or met[value] then return put[value] or value end
        met[value] = true
        local pairs_of = {}
        for key, inside in next, value do pairs_of[key] = inside end
        for key, inside in next, pairs_of do
          value[key] = nil
          value[replace(key)] = replace(inside)
        end
        return value
      end
      local function each(n, value, ...)
        if n == 0 then return end
        return replace(value), each(n - 1, ...)
      end
      return renamed, each(select("#", ...), ...)
    ]]
    local marks = { "\0function", "\0other function", "\0userdata", "\0thread" }
    random.cases(function(draw)
      local values = random.values(draw, MOST, marks)
      local back = results(code, values)
      same(values, { n = back.n - 1, unpack(back, 2, back.n) }, back[1])
    end)
  end)
end)
