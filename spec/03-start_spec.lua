local helper = require "spec.helper"
local llthreads, new = helper.llthreads, helper.new

-- The start table: what a child that returns 7 gives to `join`, and who closes its state.
local TABLE = {
  { detached = false, joinable = true, join = { n = 2, true, 7 } },
  { detached = false, joinable = false, join = { n = 2, true, 0 } },
  { detached = true, joinable = false, join = { n = 2, nil, "Can't join a thread that has been detached." } },
  { detached = true, joinable = true, join = { n = 2, true, 7 }, tag = " #D15" },
}

for _, row in ipairs(TABLE) do
  local detached, joinable = row.detached, row.joinable
  local collected_waits = not detached

  describe(("start(%s, %s)"):format(tostring(detached), tostring(joinable)), function()
    local function start(code, ...)
      return assert(new(code, ...):start(detached, joinable))
    end

    it("gives the thread itself", function()
      local thread = llthreads.new("return 7")
      assert.equal(thread, thread:start(detached, joinable))
    end)

    it("is what detached and joinable then say", function()
      local thread = start("return 7")
      assert.is_true(thread:started())
      assert.equal(detached, thread:detached())
      assert.equal(joinable, thread:joinable())
    end)

    it("makes join give its results" .. (row.tag or ""), function()
      assert.same(row.join, helper.pack(start("return 7"):join()))
    end)

    it("is refused the second time, whatever came between", function()
      local thread = start("return 7")
      for _ = 1, 2 do
        assert.same({ n = 2, nil, "Thread already started." }, helper.pack(thread:start()))
        thread:join()
      end
    end)

    if detached or not joinable then
      it("has the child close its own state when it ends", function()
        local closed = helper.flag()
        local thread = start("local path = ... on_close(function() set(path) end)", closed.path)
        closed.wait()
        assert.is_true(thread:started())
      end)
    else
      it("has join close the child's state", function()
        local closed = helper.flag()
        local thread = start("local path = ... on_close(function() set(path) end)", closed.path)
        assert.is_true(thread:join())
        assert.is_true(closed.is_set())
      end)

      it("leaves the state open until then #D1", function()
        local closed = helper.flag()
        local thread = start("local path = ... on_close(function() set(path) end)", closed.path)
        helper.wait_for("the end", function() return not thread:alive() end)
        assert.is_falsy(closed.is_set())
        assert.is_true(thread:join())
      end)

      it("has collection close the state if nobody joins", function()
        local closed = helper.flag()
        start("local path = ... on_close(function() set(path) end)", closed.path)
        helper.collect()
        assert.is_true(closed.is_set())
      end)
    end

    if collected_waits then
      it("has collection wait for the child", function()
        local ended = helper.flag()
        start("local path = ... sleep(0.3) set(path)", ended.path)
        helper.collect()
        assert.is_true(ended.is_set())
      end)
    else
      it("has collection let the child go on alone", function()
        local go, ended = helper.flag(), helper.flag()
        start("local go, path = ... wait(go) set(path)", go.path, ended.path)
        helper.collect()
        assert.is_falsy(ended.is_set())
        go.set()
        ended.wait()
      end)
    end
  end)
end

describe("start", function()
  it("without joinable makes it the opposite of detached", function()
    local attached, detached = llthreads.new("return"):start(), llthreads.new("return"):start(true)
    assert.same({ false, true }, { attached:detached(), attached:joinable() })
    assert.same({ true, false }, { detached:detached(), detached:joinable() })
  end)

  it("takes a nil for joinable as given, and false", function()
    assert.is_false(llthreads.new("return"):start(false, nil):joinable())
  end)

  it("takes truth values", function()
    local thread = llthreads.new("return"):start(0, "")
    assert.is_true(thread:detached())
    assert.is_true(thread:joinable())
  end)

  it("before it all answers are no", function()
    local thread = llthreads.new("return")
    assert.same({ false, false, false }, { thread:started(), thread:detached(), thread:joinable() })
  end)

  it("gives true, 0 also for a child that fails unread", function()
    local thread = new("llthreads.set_logger(function() end) error('x')"):start(false, false)
    local results = helper.pack(thread:join())
    assert.same({ n = 2, true, 0 }, results)
    if math.type then assert.equal("float", math.type(results[2])) end
  end)

  -- Stacks of 500 MiB: there is address space for a few.
  local few = "ulimit -s 512000; ulimit -v 2000000"
  local until_refused = [[
    local threads, refused, reason = {}
    repeat
      local thread = llthreads.new("require 'socket'.sleep(0.5) return 7")
      local ok, err = thread:start()
      if ok then threads[#threads + 1] = thread else refused, reason = thread, err end
      if ok == nil then assert(not thread:started()) end
    until refused or #threads == 1000
    for _, thread in ipairs(threads) do assert(thread:join()) end
  ]]

  it("that gets no thread from the OS leaves the thread to be started again", function()
    local output = helper.process(until_refused .. "assert(refused:start()) print(refused:join())", few)
    assert.equal("true\t7\n", output)
  end)

  it("gives the reason of the OS #D10", function()
    assert.equal("Resource temporarily unavailable\n", helper.process(until_refused .. "print(reason)", few))
  end)
end)

describe("a thread that was never started", function()
  it("closes its state when it is collected", function()
    local function make(times)
      for i = 1, times do
        llthreads.new("return 1")
        if i % 50 == 0 then helper.collect() end
      end
    end
    make(2000) -- memcheck, too, keeps the first 20 MB of what is freed
    local before = helper.resident()
    make(2000) -- a state is 20 KiB and more
    assert.is_true(helper.resident() - before < 10000)
  end)
end)
