local helper = require "spec.helper"
local llthreads, ex, pack, running, join = helper.llthreads, helper.ex, helper.pack, helper.interruptible, helper.join

local function assert_interrupted(thread)
  local results = join(thread)
  assert.is_false(results[1])
  assert.matches(llthreads.interrupted_error, results[2])
end

describe("ex.new{..., interruptible = true}", function()
  it("gives a child that is interrupted in a coroutine that calls nothing #D8", function()
    local thread = running "coroutine.wrap(function() spin(ready) end)()"
    thread:interrupt()
    assert_interrupted(thread)
  end)

  it("gives a child that is interrupted in a loop that could be compiled #D8", function()
    local thread = running "set(ready) local n = 0 while true do n = (n + 3) % 7 end"
    thread:interrupt()
    assert_interrupted(thread)
  end)

  it("reaches a coroutine in a coroutine in a coroutine #D8", function()
    local thread = running [[
      local wrap = coroutine.wrap
      wrap(function() wrap(function() wrap(function() spin(ready) end)() end)() end)()
    ]]
    thread:interrupt()
    assert_interrupted(thread)
  end)

  it("raises in the coroutine that runs, where a pcall catches it, once #D8", function()
    local thread = running [[
      local inner = coroutine.wrap(function()
        local caught = is_interrupted(spin, ready)
        coroutine.yield(caught, work(), coroutine.wrap(work)())
      end)
      local caught, here, below = inner()
      return caught, here, below, work()
    ]]
    thread:interrupt()
    assert.same({ n = 5, true, true, "worked", "worked", "worked" }, join(thread))
  end)

  it("raises each of many once, wherever the child is #D8", function()
    local thread, _, told = running [[
      local count = 0
      local file = assert(io.open(told, "w"))
      file:setvbuf("no")
      local function here() file:write(".") spin() end
      local function recurse(n) if n > 0 then return (recurse(n - 1)) end here() end
      local function resume(f, ...) return (coroutine.wrap(f)(...)) end
      local old = coroutine.create(function() while true do coroutine.yield(pcall(here)) end end)
      local function resume_old() error((select(3, coroutine.resume(old))), 0) end
      local places = {
        here, recurse, resume_old,
        function() resume(here) end,
        function() resume(resume, resume, recurse, 50) end,
        function() resume(resume_old) end,
        function() resume(function() assert(coroutine.resume(coroutine.create(here))) end) end,
        function() here(coroutine.create(here)) end,
        function()
          file:write(".")
          while true do resume(function() local t = {} for i = 1, 100 do t[i] = { i } end end) end
        end,
      }
      set(ready)
      for i = 1, 300 do
        if is_interrupted(places[i % #places + 1], 50) then count = count + 1 end
      end
      return count, resume(work)
    ]]
    local file = assert(io.open(told.path))
    for i = 1, 300 do
      helper.wait_for("place " .. i, function() return file:seek("end") >= i end)
      thread:interrupt()
    end
    file:close()
    assert.same({ n = 3, true, 300, "worked" }, join(thread))
  end)

  it("ends loops of pcalls in coroutines, when the interrupt stays #D8", function()
    local thread = running [[
      local function stubborn() while true do pcall(spin) end end
      coroutine.wrap(function() set(ready) stubborn() end)()
    ]]
    thread:interrupt(true)
    assert_interrupted(thread)
  end)

  it("ends loops that make a new coroutine for each try, when the interrupt stays #D8", function()
    local thread = running [[
      local function stubborn()
        while true do coroutine.resume(coroutine.create(function() while true do pcall(spin) end end)) end
      end
      coroutine.wrap(function() set(ready) stubborn() end)()
    ]]
    thread:interrupt(true)
    assert_interrupted(thread)
  end)

  it("has an interrupt taken back everywhere, and goes on to be interruptible #D8", function()
    local thread, go, told = running [[
      local blocked = ("touch %s; until [ -e %s ]; do sleep 0.01; done"):format(ready, go)
      local outer = coroutine.wrap(function()
        coroutine.wrap(function() os.execute(blocked) end)()
        work()
        coroutine.yield()
        set(told)
        spin()
      end)
      outer()
      work()
      return is_interrupted(outer)
    ]]
    thread:interrupt(true)
    thread:interrupt(false)
    go.set()
    told.wait()
    thread:interrupt()
    assert.same({ n = 2, true, true }, join(thread))
  end)

  it("covers the lua_init and the prelude #D8", function()
    local code = helper.child .. [[
      llthreads.set_logger(function() end)
      coroutine.wrap(function() set(%q) while true do end end)()
    ]]
    for _, step in ipairs { "lua_init", "prelude" } do
      local ready = helper.flag()
      local thread = ex.new({ "return 1", interruptible = true, [step] = code:format(ready.path) }):start(true, true)
      ready.wait()
      thread:interrupt()
      assert_interrupted(thread)
    end
  end)

  it("is refused on top of a module that can't do it #D8", function()
    local output = helper.process(([[
      local real = llthreads
      local other = { new = real.new }
      package.loaded.llthreads2, package.loaded.llthreads = other, other
      package.loaded[%q] = nil
      local ex = require %q
      print(pcall(ex.new, { "return 1", interruptible = true }))
      print(ex.new({ "return 1", interruptible = false }):start():join())
    ]]):format(helper.name .. ".ex", helper.name .. ".ex"))
    assert.matches("^false\t[^\n]*interruptible: not known to llthreads2\ntrue\t1\n$", output)
  end)

  it("changes nothing when it is left out", function()
    local source = "return debug.gethook() == nil, not jit or jit.status()"
    assert.same({ n = 3, true, true, true }, pack(ex.new({ source }):start():join()))
  end)
end)

describe("interruptible()", function()
  it("makes the child that calls it so, and returns nothing #D8", function()
    local thread = running([[
      local count = select("#", llthreads.interruptible())
      local caught = coroutine.wrap(function() return is_interrupted(spin, ready) end)()
      return caught, count
    ]], {})
    thread:interrupt()
    assert.same({ n = 3, true, true, 0 }, join(thread))
  end)

  it("does nothing elsewhere than in a child #D8", function()
    local before = pack(debug.gethook())
    assert.equal(0, select("#", llthreads.interruptible()))
    assert.same(before, pack(debug.gethook()))
    assert.is_true(not jit or jit.status())
  end)
end)
