from hypothesis import settings

from tests.properties.order_machine import OrderMachine

OrderMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestOrder = OrderMachine.TestCase
