local helper = require "spec.helper"
local llthreads, new, pack = helper.llthreads, helper.new, helper.pack

-- A running child that ends only when it is told to.
local function waiting(...)
  local runs, go = helper.flag(), helper.flag()
  local thread = assert(new("local runs, go = ... set(runs) wait(go) return 7", runs.path, go.path):start(...))
  runs.wait()
  return thread, go.set
end

describe("thread:join()", function()
  it("waits for the child", function()
    local ended = helper.flag()
    local thread = new("sleep(0.2) set((...)) return 7", ended.path):start()
    assert.same({ n = 2, true, 7 }, pack(thread:join()))
    assert.is_true(ended.is_set())
  end)

  it("waits without limit for nil and for what is negative", function()
    for _, limit in ipairs { "nil", -1, -1000 } do
      local thread = new("sleep(0.05) return 7"):start()
      assert.same({ n = 2, true, 7 }, pack(thread:join(limit ~= "nil" and limit or nil)))
    end
  end)

  it("is refused before start", function()
    assert.same({ n = 2, nil, "Can't join a thread that hasn't be started." }, pack(llthreads.new("return"):join()))
  end)

  it("is refused on a detached thread", function()
    local thread = waiting(true) -- never told to: the original crashes if it ends together with this process
    assert.same({ n = 2, nil, "Can't join a thread that has been detached." }, pack(thread:join()))
  end)

  it("is refused the second time, and does not raise", function()
    local thread = llthreads.new("return"):start()
    assert.same({ n = 1, true }, pack(thread:join()))
    for _ = 1, 2 do
      assert.same({ n = 2, nil, "Can't join a thread that has already been joined." }, pack(thread:join()))
    end
  end)

  it("raises for a limit that is no number", function()
    local thread, go = waiting()
    for got, limit in pairs { string = "abc", table = {}, boolean = true } do
      local ok, err = pcall(thread.join, thread, limit)
      assert.is_false(ok)
      assert.matches("^bad argument #2 to '[^']*' %(number expected, got " .. got .. "%)$", err)
    end
    go()
    assert.is_true(thread:join())
  end)

  it("looks at the limit only after the state of the thread", function()
    local thread = llthreads.new("return")
    assert.matches("hasn't be started", select(2, thread:join("abc")))
    thread:start():join()
    assert.matches("already been joined", select(2, thread:join("abc")))
    assert.matches("been detached", select(2, waiting(true):join("abc")))
  end)
end)

describe("thread:join(ms)", function()
  it("gives nil, 'timeout' while the child runs, then all the same its results", function()
    local thread, go = waiting()
    assert.same({ n = 2, nil, "timeout" }, pack(thread:join(0)))
    assert.same({ n = 2, nil, "timeout" }, pack(thread:join(0)))
    go()
    assert.same({ n = 2, true, 7 }, pack(thread:join()))
  end)

  it("waits as long as it says, and no longer #D1", function()
    local socket = require "socket"
    local thread, go = waiting()
    local before = socket.gettime()
    assert.same({ n = 2, nil, "timeout" }, pack(thread:join(100)))
    local took = socket.gettime() - before
    assert.is_true(took >= 0.099, took)
    assert.is_true(took < 10, took)
    go()
    thread:join()
  end)

  it("takes a string that is a number", function()
    local thread, go = waiting()
    assert.same({ n = 2, nil, "timeout" }, pack(thread:join("0")))
    go()
    thread:join()
  end)

  it("comes back as soon as the child ends", function()
    local socket = require "socket"
    local thread = llthreads.new("return 7"):start()
    local before = socket.gettime()
    assert.same({ n = 2, true, 7 }, pack(thread:join(60000)))
    assert.is_true(socket.gettime() - before < 30)
  end)

  for _, mode in ipairs { { false, true }, { false, false }, { true, true } } do
    local given = tostring(mode[1]) .. ", " .. tostring(mode[2])
    it("with 0 sees the end of a child started with " .. given .. " #D1", function()
      local thread = llthreads.new("return"):start(mode[1], mode[2])
      assert.is_true(helper.wait_for("the end", function() return (thread:join(0)) end))
    end)
  end

  it("takes a fraction, and waits for it #D14", function()
    local socket = require "socket"
    local thread, go = waiting()
    local before, results = socket.gettime(), nil
    local ok, err = pcall(function() for _ = 1, 100 do results = pack(thread:join(0.9)) end end)
    local took = socket.gettime() - before
    go()
    assert.is_true(ok, err)
    assert.same({ n = 2, nil, "timeout" }, results)
    assert.is_true(took >= 0.089, took)
  end)

  it("waits without limit for what is huge #D14", function()
    for _, limit in ipairs { math.huge, 1e300, 1e18 } do
      assert.is_true(new("sleep(0.05)"):start():join(limit))
    end
  end)

  it("refuses NaN #D14", function()
    local thread, go = waiting()
    local ok, err = pcall(thread.join, thread, 0 / 0)
    go()
    assert.is_false(ok)
    assert.matches("^bad argument #2 to '[^']*' %(number expected, got NaN%)$", err)
    assert.is_true(thread:join())
  end)
end)

describe("thread:alive()", function()
  it("is true while the child runs", function()
    local thread, go = waiting()
    assert.same({ n = 1, true }, pack(thread:alive()))
    go()
    thread:join()
  end)

  it("is false when it has ended, and takes no results away #D1", function()
    local thread = llthreads.new("return 1, nil, 3"):start()
    helper.wait_for("the end", function() return not thread:alive() end)
    assert.same({ n = 1, false }, pack(thread:alive()))
    assert.same({ n = 4, true, 1, nil, 3 }, pack(thread:join(0)))
  end)

  it("is refused as join is", function()
    local thread = llthreads.new("return")
    assert.same({ n = 2, nil, "Can't join a thread that hasn't be started." }, pack(thread:alive()))
    thread:start():join()
    assert.same({ n = 2, nil, "Can't join a thread that has already been joined." }, pack(thread:alive()))
    assert.same({ n = 2, nil, "Can't join a thread that has been detached." }, pack(waiting(true):alive()))
  end)
end)

describe("a join by the language", function()
  it("happens when a to-be-closed variable goes out of scope #D13", function()
    helper.only("5.4", pending)
    local ended = helper.flag()
    local run = assert(load([[
      local new, path = ...
      local thread <close> = new("sleep(0.1) set((...))", path):start()
      local never <close> = new("return")
      local detached <close> = new("return"):start(true)
    ]]))
    run(new, ended.path)
    assert.is_true(ended.is_set())
  end)
end)
