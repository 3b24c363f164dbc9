-- A shopper per thread, with one connection: runs a list of requests from the first to the last, over and over.
-- What an answer holds is put into later requests. An answer that lacks it ends the walk as failed.
-- Counts walks by the requests that were answered, so that those still under way at the end are no lost work.
-- wrk -s flow.lua URL -- FILE      FILE returns { {path=, bodies={...}, take={name=pattern}}, ... }

local ffi = require("ffi")
ffi.cdef[[ typedef struct { long s; long us; } moment; int gettimeofday(moment *now, void *zone); ]]

local threads = {}

function setup(thread)
   thread:set("number", #threads)
   threads[#threads + 1] = thread
end

local function milliseconds()
   local now = ffi.new("moment")
   ffi.C.gettimeofday(now, nil)
   return tonumber(now.s) * 1e3 + tonumber(now.us) / 1e3
end

local headers = { ["content-type"] = "application/json", ["accept"] = "application/json" }

function init(args)
   steps = dofile(args[1])
   known, step, walk, begun, length = {}, 1, number * 101, 0, #steps
   walks, answered, failed, said = {}, 0, 0, ""
end

function request()
   local now = steps[step]
   if step == 1 then
      begun, known = milliseconds(), { walk = tostring(number) .. "-" .. tostring(walk) .. "-" .. tostring(milliseconds()) }
   end
   local body = now.bodies[walk % #now.bodies + 1]
   local sent = {}
   for name, text in pairs(headers) do sent[name] = text end
   for name, text in pairs(now.headers or {}) do sent[name] = (text:gsub("{{(%w+)}}", known)) end
   return wrk.format("POST", now.path, sent, (body:gsub("{{(%w+)}}", known)))
end

local function next_walk()
   step, walk = 1, walk + 1
end

function response(status, _, body)
   for name, pattern in pairs(steps[step].take) do
      known[name] = body:match(pattern)
      if status > 299 or not known[name] then
         failed, said = failed + 1, steps[step].path .. " " .. status .. " " .. body:sub(1, 400)
         return next_walk()
      end
   end
   answered = answered + 1
   if step < #steps then
      step = step + 1
   else
      walks[#walks + 1] = milliseconds() - begun
      next_walk()
   end
end

function done(summary, _, _)
   local all, whole, lost, what = {}, 0, 0, ""
   for _, thread in ipairs(threads) do
      for _, took in ipairs(thread:get("walks")) do all[#all + 1] = took end
      whole = whole + thread:get("answered") / thread:get("length")
      lost = lost + thread:get("failed")
      if thread:get("said") ~= "" then what = thread:get("said") end
   end
   table.sort(all)
   local function percentile(share) return all[math.max(1, math.ceil(#all * share))] or 0 end
   io.write("\nSAID " .. what:gsub("\n", " "))
   io.write(string.format('\nFIGURES {"requests": %.3f, "seconds": %.6f, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
      whole, summary.duration / 1e6, lost + summary.errors.timeout, percentile(0.5), percentile(0.99)))
end
