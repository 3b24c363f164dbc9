-- One request after another from a file of bodies, one per line; each thread begins elsewhere in it.
-- wrk -s requests.lua URL -- FILE

local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(args)
   local headers = { ["content-type"] = "application/json", ["accept"] = "application/json" }
   prepared, at = {}, number * 101
   for body in io.lines(args[1]) do
      prepared[#prepared + 1] = wrk.format("POST", nil, headers, body)
   end
end

function request()
   at = at + 1
   return prepared[at % #prepared + 1]
end

function done(summary, latency, _)
   local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
   io.write(string.format('\nFIGURES {"requests": %d, "seconds": %.6f, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
      summary.requests, summary.duration / 1e6, failed + summary.errors.timeout,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
