-- Where llthreads2, and so this module under both names, is not the first llthreads.
local helper = require "spec.helper"

for _, name in ipairs { "llthreads2", "llthreads" } do
  local llthreads = require(name)

  describe(name .. ", other than the first llthreads,", function()
    it("is refused by Lua 5.0, having no entry for it", function()
      assert.equal("table", type(llthreads)) -- 5.1 is the oldest that gets here
      assert.is_true(tonumber(_VERSION:match("%d%.%d")) >= 5.1)
    end)

    it("has no ffi interface: threads are userdata also on LuaJIT", function()
      assert.equal("userdata", type(llthreads.new("return")))
    end)

    it("gives nil, not false, on errors of start and join", function()
      local thread = llthreads.new("return")
      assert.is_nil((thread:join()))
      thread:start()
      assert.is_nil((thread:start()))
      thread:join()
      assert.is_nil((thread:join()))
    end)

    it("returns the thread, not true, from start", function()
      local thread = llthreads.new("return")
      assert.equal(thread, thread:start())
    end)

    it("knows the other rows of the start table", function()
      assert.same({ true, 0 }, { llthreads.new("return 7"):start(false, false):join() })
    end)

    it("keeps integers on 5.3 and newer", function()
      helper.only("5.3 5.4", pending)
      local _, kind = llthreads.new("return math.type(...)", 1):start():join()
      assert.equal("integer", kind)
    end)

    it("copies C functions", function()
      local code = ("require %q local new = ... return select(2, new('return 7'):start():join())"):format(name)
      assert.same({ true, 7 }, { llthreads.new(code, llthreads.new):start():join() })
    end)

    it("shows the metatable of a thread", function()
      assert.equal("table", type(getmetatable(llthreads.new("return"))))
    end)
  end)
end
